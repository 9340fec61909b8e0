#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern struct task_struct *bpf_task_acquire(struct task_struct *task) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

const volatile int child;

// region parent
SEC("tc")
int find_parent(struct __sk_buff *packet)
{
	struct task_struct *task = bpf_task_from_pid(child), *parent;
	int number = -1;

	if (!task)
		return -1;
	parent = bpf_task_acquire(task->parent);
	if (parent) {
		number = parent->tgid;
		bpf_task_release(parent);
	}
	bpf_task_release(task);
	return number;
}
// endregion

char licence[] SEC("license") = "GPL";
