#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

__u32 congestion_window;

// region cast
SEC("fentry/tcp_connect")
int BPF_PROG(connects, struct sock *sock)
{
	struct tcp_sock *tcp = (void *)sock; // true in the kernel, and nothing to the verifier

	congestion_window = tcp->snd_cwnd;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
