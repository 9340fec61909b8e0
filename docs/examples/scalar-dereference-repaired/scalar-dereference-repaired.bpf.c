#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

int group;

// region read
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	group = BPF_CORE_READ(task, tgid); // a call of bpf_probe_read_kernel, which takes any address
	return group == bpf_get_current_pid_tgid() >> 32;
}
// endregion

char licence[] SEC("license") = "GPL";
