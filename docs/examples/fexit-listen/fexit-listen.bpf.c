#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
__u32 entered;
struct {
	int port, backlog, result;
} calls[2];

// region programs
SEC("fentry/inet_listen")
int BPF_PROG(listen_begins, struct socket *sock, int backlog)
{
	if (bpf_get_current_pid_tgid() >> 32 == watched)
		entered++;
	return 0;
}

SEC("fexit/inet_listen")
int BPF_PROG(listen_ends, struct socket *sock, int backlog, int result)
{
	__u32 which = entered - 1;

	if (bpf_get_current_pid_tgid() >> 32 != watched || which >= 2)
		return 0;
	calls[which].port = sock->sk->__sk_common.skc_num; // read directly: the verifier knows the type
	calls[which].backlog = backlog;
	calls[which].result = result;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
