#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
char text[256];
int length;

// region program
SEC("fentry/inet_bind")
int BPF_PROG(show, struct socket *sock, struct sockaddr *address)
{
	struct btf_ptr what = {
		.ptr = address,
		.type_id = bpf_core_type_id_kernel(struct sockaddr_in), // what it is, whatever its pointer says
	};

	if (bpf_get_current_pid_tgid() >> 32 == watched)
		length = bpf_snprintf_btf(text, sizeof(text), &what, sizeof(what), BTF_F_COMPACT);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
