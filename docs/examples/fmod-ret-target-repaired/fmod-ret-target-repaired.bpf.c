#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;

// region attach
SEC("fmod_ret/security_socket_listen")
int BPF_PROG(refuse, struct socket *sock, int backlog, int result)
{
	return bpf_get_current_pid_tgid() >> 32 == watched ? -1 /* EPERM */ : result;
}
// endregion

char licence[] SEC("license") = "GPL";
