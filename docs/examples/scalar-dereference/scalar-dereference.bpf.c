#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

int parent;

// region read
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	struct task_struct *task = (void *)bpf_get_current_task(); // a number, as far as the verifier knows

	parent = task->tgid;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
