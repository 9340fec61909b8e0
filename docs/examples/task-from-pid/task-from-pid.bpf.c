#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>


extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

const volatile int watched, wanted;
int found, parent;

// region find
SEC("tp_btf/task_newtask")
int BPF_PROG(on_newtask, struct task_struct *new, u64 flags)
{
	struct task_struct *task;

	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	task = bpf_task_from_pid(wanted); // holds a reference: the process may end, its struct stays
	if (!task) {
		found = 0;
		return 0;
	}
	found = task->pid;
	parent = task->real_parent->tgid;
	bpf_task_release(task);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
