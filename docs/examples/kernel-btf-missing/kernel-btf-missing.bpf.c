#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

__u32 parent;

// region program
SEC("raw_tp/task_rename")
int renamed(void *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	parent = BPF_CORE_READ(task, real_parent, tgid);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
