#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

// region variable
extern const struct rq runqueues __ksym; // a variable of the kernel, one on each CPU

int seen, odd, here = -1;

SEC("syscall")
int look(void *context)
{
	const struct rq *queue, *mine = bpf_this_cpu_ptr(&runqueues); // never NULL
	int cpu;

	seen = odd = 0;
	here = mine->cpu;
	for (cpu = 0; cpu < 1024; cpu++) {
		queue = bpf_per_cpu_ptr(&runqueues, cpu);
		if (!queue)
			break; // there is no such CPU
		seen++;
		odd += queue->cpu != cpu;
	}
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
