#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

__u32 calls;

// region attach
SEC("fentry/inet_lisen") // there is no function of this name
int BPF_PROG(note, struct socket *sock, int backlog)
{
	calls++;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
