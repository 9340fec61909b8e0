#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

int backlog_seen;

// region arguments
SEC("fentry/tcp_connect")
int BPF_PROG(connects, struct sock *sock, int backlog)
{
	backlog_seen = backlog; // tcp_connect() has one argument
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
