#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define DEPTH 16

const volatile __s32 process;
__u64 frames[DEPTH];

// region iterator
SEC("iter/task")
int stacks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	int bytes, frame;

	if (!task || task->pid != process)
		return 0;
	bytes = bpf_get_task_stack(task, frames, sizeof(frames), 0); // of the kernel, the innermost first
	for (frame = 0; frame < DEPTH; frame++) {
		if (frame * (int)sizeof(*frames) >= bytes)
			break;
		BPF_SEQ_PRINTF(context->meta->seq, "%pB\n", frames[frame]);
	}
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
