#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define LISTEN 10 // TCP_LISTEN of the kernel's states

// region program
SEC("tc")
int is_served(struct __sk_buff *packet)
{
	struct bpf_sock_tuple tuple = {
		.ipv4.daddr = bpf_htonl(INADDR_LOOPBACK),
		.ipv4.dport = bpf_htons(packet->mark),
	};
	struct bpf_sock *socket;
	int listens;

	socket = bpf_sk_lookup_tcp(packet, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	if (!socket)
		return -1;
	listens = socket->state == LISTEN;
	bpf_sk_release(socket); // the verifier demands it
	return listens;
}
// endregion

char licence[] SEC("license") = "GPL";
