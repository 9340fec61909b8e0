#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u16 port;

// region iterator
SEC("iter/tcp")
int show(struct bpf_iter__tcp *context)
{
	struct sock_common *common = context->sk_common;
	struct seq_file *seq = context->meta->seq;
	struct tcp_sock *tcp;

	if (!common || bpf_ntohs(common->skc_dport) != port)
		return 0;
	// What the iterator gives may be no full socket: each of these answers NULL for another kind.
	tcp = bpf_skc_to_tcp_sock(common);
	if (tcp)
		BPF_SEQ_PRINTF(seq, "established, %llu bytes acknowledged\n", tcp->bytes_acked);
	else if (bpf_skc_to_tcp_request_sock(common))
		BPF_SEQ_PRINTF(seq, "not yet accepted\n");
	else if (bpf_skc_to_tcp_timewait_sock(common))
		BPF_SEQ_PRINTF(seq, "waiting for its end\n");
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
