#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
__u32 congestion_window;

// region cast
SEC("fentry/tcp_connect")
int BPF_PROG(connects, struct sock *sock)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sock); // looks, and returns NULL for another socket

	if (tcp && bpf_get_current_pid_tgid() >> 32 == watched)
		congestion_window = tcp->snd_cwnd;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
