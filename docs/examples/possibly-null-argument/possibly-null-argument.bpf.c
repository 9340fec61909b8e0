#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

// region find
SEC("tc")
int is_alive(struct __sk_buff *packet)
{
	struct task_struct *task = bpf_task_from_pid(packet->mark);
	int alive = task != 0;

	bpf_task_release(task); // also where there was none
	return alive;
}
// endregion

char licence[] SEC("license") = "GPL";
