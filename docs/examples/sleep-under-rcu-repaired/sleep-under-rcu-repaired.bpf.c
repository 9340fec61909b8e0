#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

struct place {
	__u64 address;
};

int parent = -1;
char text[16];
long result;

// region copy
SEC("syscall")
int read_both(struct place *place)
{
	struct task_struct *task = bpf_get_current_task_btf();

	bpf_rcu_read_lock();
	parent = task->real_parent->tgid;
	bpf_rcu_read_unlock();
	result = bpf_copy_from_user(text, sizeof(text), (void *)(long)place->address);
	return parent >= 0;
}
// endregion

char licence[] SEC("license") = "GPL";
