#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile int parent;

// region print
SEC("iter/task")
int list(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (!task)
		return 0; // once more at the end, for a last line
	if (task->real_parent->tgid == parent)
		BPF_SEQ_PRINTF(context->meta->seq, "%s of %d\n", task->comm, task->real_parent->tgid);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
