#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define QUEUE 7

extern s32 scx_bpf_create_dsq(u64 queue, s32 node) __ksym;
extern void scx_bpf_dsq_insert(struct task_struct *task, u64 queue, u64 slice, u64 flags) __ksym;
extern s32 scx_bpf_dsq_nr_queued(u64 queue) __ksym;

int waiting;

SEC("struct_ops/enqueue")
void BPF_PROG(enqueue, struct task_struct *task, u64 flags)
{
	scx_bpf_dsq_insert(task, SCX_DSQ_GLOBAL, SCX_SLICE_DFL, flags);
}

SEC("struct_ops.s/init")
s32 BPF_PROG(init)
{
	return scx_bpf_create_dsq(QUEUE, -1);
}

// region programs
SEC(".struct_ops.link")
struct sched_ext_ops running = {
	.enqueue = (void *)enqueue,
	.init = (void *)init, // makes the queue 7
	.name = "running",
};

SEC(".struct_ops.link")
struct sched_ext_ops spare = {
	.name = "spare", // never attached
};

SEC("syscall")
int first(void *context)
{
	waiting = scx_bpf_dsq_nr_queued(QUEUE); // of which scheduler? no argument says so
	return 0;
}

SEC("syscall")
int second(void *context)
{
	waiting = scx_bpf_dsq_nr_queued(QUEUE);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
