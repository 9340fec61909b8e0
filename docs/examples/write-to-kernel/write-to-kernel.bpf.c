#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

// region mark
SEC("fentry/tcp_connect")
int BPF_PROG(connects, struct sock *sock)
{
	sock->sk_mark = 7; // kernel memory, of which a tracing program is only a reader
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
