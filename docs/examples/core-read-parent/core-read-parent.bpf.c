#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

const volatile int watched;
int parent;
char parent_name[16];

// region read
SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_getpgid(void *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	// Each arrow is a read of its own, at the offset that the running kernel has.
	parent = BPF_CORE_READ(task, real_parent, tgid);
	BPF_CORE_READ_STR_INTO(&parent_name, task, real_parent, comm);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
