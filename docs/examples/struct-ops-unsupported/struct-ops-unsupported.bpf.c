#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

// region operations
SEC("?struct_ops")
__u32 BPF_PROG(threshold, struct sock *sk)
{
	return 10;
}

SEC("?struct_ops")
__u32 BPF_PROG(undo, struct sock *sk)
{
	return 10;
}

SEC("?struct_ops")
void BPF_PROG(avoid, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC("?struct_ops")
size_t BPF_PROG(info, struct sock *sk, __u32 extension, int *attribute, union tcp_cc_info *info)
{
	return 0;
}

SEC("?.struct_ops")
struct tcp_congestion_ops operations = {
	.ssthresh = (void *)threshold,
	.undo_cwnd = (void *)undo,
	.cong_avoid = (void *)avoid,
	.get_info = (void *)info, // the kernel does not let programs have this one
	.name = "bpf_example",
};
// endregion

char licence[] SEC("license") = "GPL";
