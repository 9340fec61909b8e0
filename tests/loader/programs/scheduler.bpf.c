// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

SEC("struct_ops/enqueue")
void BPF_PROG(enqueue, struct task_struct *task, u64 flags)
{
	scx_bpf_dsq_insert(task, SCX_DSQ_GLOBAL, SCX_SLICE_DFL, flags);
}

SEC(".struct_ops.link")
struct sched_ext_ops simple = {
	.enqueue = (void *)enqueue,
	.name = "simple",
};

char LICENSE[] SEC("license") = "GPL";
