#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern int bpf_iter_task_new(struct bpf_iter_task *iterator, struct task_struct *task, unsigned int flags) __ksym;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *iterator) __ksym;
extern void bpf_iter_task_destroy(struct bpf_iter_task *iterator) __ksym;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

const volatile int parent;
int children;

// region walk
SEC("syscall")
int count_children(void *context)
{
	struct task_struct *task;

	children = 0;
	bpf_rcu_read_lock(); // tasks come and go: without the lock the verifier refuses the walk
	bpf_for_each(task, task, NULL, BPF_TASK_ITER_ALL_PROCS) {
		if (task->real_parent->tgid == parent)
			children++;
	}
	bpf_rcu_read_unlock();
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
