#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

int leader;

// region section
SEC("syscall")
int find_leader(void *context)
{
	struct task_struct *task = bpf_get_current_task_btf(), *parent;
	int missing = 1;

	bpf_rcu_read_lock();
	parent = task->real_parent;
	if (parent->tgid) {
		leader = parent->group_leader->pid;
		missing = 0;
	}
	bpf_rcu_read_unlock();
	return missing;
}
// endregion

char licence[] SEC("license") = "GPL";
