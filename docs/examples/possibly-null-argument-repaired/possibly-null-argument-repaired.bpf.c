#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

int searches;

// region find
SEC("tc")
int is_alive(struct __sk_buff *packet)
{
	struct task_struct *task;

	searches++;
	task = bpf_task_from_pid(packet->len == 64 ? 1 : -1);
	if (!task)
		return 0;
	bpf_task_release(task);
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
