#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

const volatile int watched;
long state = -1;
int renamed;

// region state
// As it was before v5.14. What follows ___ is no part of the name that the kernel's BTF is searched for.
struct task_struct___old {
	long state;
} __attribute__((preserve_access_index));

static long state_of(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return ((struct task_struct___old *)task)->state;
}
// endregion

SEC("iter/task")
int look(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (task && task->pid == watched) {
		state = state_of(task);
		renamed = bpf_core_field_exists(task->__state);
	}
	return 0;
}

char licence[] SEC("license") = "GPL";
