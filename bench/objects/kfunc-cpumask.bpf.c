#include "bpf.h"
struct bpf_cpumask { int usage; };
extern struct bpf_cpumask *bpf_cpumask_create(void) __ksym;
extern void bpf_cpumask_release(struct bpf_cpumask *mask) __ksym;
SEC("tp_btf/sched_switch") int f(void *c)
{
	struct bpf_cpumask *m = bpf_cpumask_create();
	if (m) bpf_cpumask_release(m);
	return 0;
}
LICENCE("GPL");
