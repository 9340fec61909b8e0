#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

__u32 old, new;

// region attach
SEC("?fentry/inet_lisen") // not loaded unless user space asks for it
int BPF_PROG(note_old, struct socket *sock, int backlog)
{
	old++;
	return 0;
}

SEC("?fentry/inet_listen")
int BPF_PROG(note_new, struct socket *sock, int backlog)
{
	new++;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
