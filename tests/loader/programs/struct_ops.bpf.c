// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

SEC("struct_ops")
u32 BPF_PROG(half, struct sock *sk)
{
	return 5;
}

SEC("struct_ops")
void BPF_PROG(keep, struct sock *sk, u32 ack, u32 acked)
{
}

SEC("struct_ops")
u32 BPF_PROG(undo, struct sock *sk)
{
	return 10;
}

SEC(".struct_ops")
struct tcp_congestion_ops steady = {
	.ssthresh = (void *)half,
	.cong_avoid = (void *)keep,
	.undo_cwnd = (void *)undo,
	.name = "steady",
};

char LICENSE[] SEC("license") = "GPL";
