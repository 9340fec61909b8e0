#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task, unsigned int flags) __ksym;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __ksym;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __ksym;

int processes;

// region count
SEC("syscall")
int count(void *context)
{
	struct bpf_iter_task all;

	bpf_iter_task_new(&all, NULL, BPF_TASK_ITER_ALL_PROCS);
	while (bpf_iter_task_next(&all))
		processes++;
	bpf_iter_task_destroy(&all);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
