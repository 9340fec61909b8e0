#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>


extern struct bpf_cpumask *bpf_cpumask_create(void) __ksym;
extern void bpf_cpumask_release(struct bpf_cpumask *mask) __ksym;
extern void bpf_cpumask_set_cpu(u32 cpu, struct bpf_cpumask *mask) __ksym;
extern bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *mask) __ksym;
extern bool bpf_cpumask_intersects(const struct cpumask *one, const struct cpumask *other) __ksym;
extern bool bpf_cpumask_equal(const struct cpumask *one, const struct cpumask *other) __ksym;

const volatile int watched;
int on_first, on_none = -1, same;

// region mask
SEC("tp_btf/task_newtask")
int BPF_PROG(on_newtask, struct task_struct *task, u64 flags)
{
	struct bpf_cpumask *mask;

	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	on_first = bpf_cpumask_test_cpu(0, task->cpus_ptr); // masks of the kernel are for reading

	mask = bpf_cpumask_create(); // one of our own: empty
	if (!mask)
		return 0;
	on_none = bpf_cpumask_intersects((struct cpumask *)mask, task->cpus_ptr);
	bpf_cpumask_set_cpu(0, mask);
	same = bpf_cpumask_equal((struct cpumask *)mask, task->cpus_ptr);
	bpf_cpumask_release(mask);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
