#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define SOCK_STREAM 1

// region hook
SEC("lsm_cgroup/socket_bind")
int BPF_PROG(no_servers, struct socket *socket, struct sockaddr *address, int length)
{
	// Unlike on other security hooks, 1 allows and 0 refuses with EPERM.
	return socket->type != SOCK_STREAM;
}
// endregion

char licence[] SEC("license") = "GPL";
