#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define SERVICE 0xc0000201 /* 192.0.2.1, which no host has */
#define LOOPBACK 0x7f000001

const volatile __u16 port;

// region program
SEC("cgroup/connect4")
int redirect(struct bpf_sock_addr *target)
{
	// Both are in network byte order, the port in the low half of 32 bits.
	if (target->user_ip4 != bpf_htonl(SERVICE) || target->user_port != bpf_htons(80))
		return 1;
	target->user_ip4 = bpf_htonl(LOOPBACK);
	target->user_port = bpf_htons(port);
	return 1; // 0 would refuse it with EPERM
}
// endregion

char licence[] SEC("license") = "GPL";
