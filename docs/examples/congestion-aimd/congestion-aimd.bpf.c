#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define SMALLEST 2

SEC("struct_ops/cong_avoid")
void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	if (tcp->snd_cwnd < tcp->snd_ssthresh) {
		tcp->snd_cwnd += acked; // slow start: doubles in each round trip
		return;
	}
	tcp->snd_cwnd_cnt += acked;
	if (tcp->snd_cwnd_cnt >= tcp->snd_cwnd) { // a whole window was acknowledged
		tcp->snd_cwnd_cnt = 0;
		tcp->snd_cwnd++;
	}
}

SEC("struct_ops/ssthresh")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	__u32 half = ((struct tcp_sock *)sk)->snd_cwnd / 2;

	return half > SMALLEST ? half : SMALLEST; // a packet was lost
}

SEC("struct_ops/undo_cwnd")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	// It was not lost after all, only late.
	return tcp->snd_cwnd > tcp->prior_cwnd ? tcp->snd_cwnd : tcp->prior_cwnd;
}

SEC(".struct_ops")
struct tcp_congestion_ops aimd = {
	.cong_avoid = (void *)cong_avoid,
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "aimd",
};

char licence[] SEC("license") = "GPL";
