#include "vmlinux.h"
#include <bpf/bpf_helpers.h>


extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

int parent;

// region lock
SEC("syscall") // such a program may sleep, and then nothing keeps what RCU protects
int find_parent(void *context)
{
	struct task_struct *task = bpf_get_current_task_btf(), *above;

	bpf_rcu_read_lock();
	above = task->real_parent; // may end at any time; until the unlock its struct stays
	parent = above->tgid;
	bpf_rcu_read_unlock();
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
