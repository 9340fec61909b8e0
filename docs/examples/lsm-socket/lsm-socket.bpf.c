#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_PACKET 17
#define EPERM 1

const volatile __u32 confined;

// region hook
SEC("lsm/socket_create")
int BPF_PROG(no_packet_sockets, int family, int type, int protocol, int kern, int before)
{
	if (before)
		return before; // another program refused: keep that
	if (kern || bpf_get_current_pid_tgid() >> 32 != confined)
		return 0;
	return family == AF_PACKET ? -EPERM : 0;
}
// endregion

char licence[] SEC("license") = "GPL";
