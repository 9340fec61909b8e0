#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task, unsigned int flags) __ksym;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __ksym;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __ksym;

const volatile int wanted;
int processes, found;

// region count
SEC("syscall")
int count(void *context)
{
	struct bpf_iter_task all;
	struct task_struct *task;

	bpf_rcu_read_lock();
	bpf_iter_task_new(&all, NULL, BPF_TASK_ITER_ALL_PROCS);
	while ((task = bpf_iter_task_next(&all))) {
		processes++;
		if (task->tgid == wanted)
			found = 1;
	}
	bpf_iter_task_destroy(&all);
	bpf_rcu_read_unlock();
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
