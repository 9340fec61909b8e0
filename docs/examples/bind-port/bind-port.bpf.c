#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("cgroup/bind4")
int shift(struct bpf_sock_addr *address)
{
	__u16 port = bpf_ntohs(address->user_port);

	if (port == 22)
		return 0; // bind() fails with EPERM
	if (port && port < 1024)
		address->user_port = bpf_htons(port + 8000);
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
