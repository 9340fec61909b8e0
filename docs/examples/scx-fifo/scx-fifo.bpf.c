#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

extern void scx_bpf_dsq_insert(struct task_struct *task, u64 queue, u64 slice, u64 flags) __ksym;

__u64 enqueued;

// region scheduler
SEC("struct_ops/enqueue")
void BPF_PROG(enqueue, struct task_struct *task, u64 flags)
{
	__sync_fetch_and_add(&enqueued, 1);
	scx_bpf_dsq_insert(task, SCX_DSQ_GLOBAL, SCX_SLICE_DFL, flags); // every CPU takes from it
}

SEC(".struct_ops.link")
struct sched_ext_ops fifo = {
	.enqueue = (void *)enqueue,
	.name = "fifo",
};
// endregion

char licence[] SEC("license") = "GPL";
