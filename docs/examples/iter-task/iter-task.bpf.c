#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __s32 process;

// region iterator
SEC("iter/task")
int threads(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (!task) // the call after the last task
		BPF_SEQ_PRINTF(context->meta->seq, "%llu tasks were looked at\n", context->meta->seq_num);
	else if (task->tgid == process)
		BPF_SEQ_PRINTF(context->meta->seq, "%s%s\n", task->comm, task->pid == process ? " (first)" : "");
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
