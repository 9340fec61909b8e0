#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ADVERTISED bpf_htonl(0xc0000235) /* 192.0.2.53 */
#define ACTUAL bpf_htonl(0x7f000001)
#define PORT bpf_htons(5353)

// region programs
SEC("cgroup/sendmsg4")
int to_actual(struct bpf_sock_addr *peer)
{
	if (peer->user_ip4 == ADVERTISED && peer->user_port == bpf_htons(53)) {
		peer->user_ip4 = ACTUAL;
		peer->user_port = PORT;
	}
	return 1;
}

SEC("cgroup/recvmsg4")
int from_advertised(struct bpf_sock_addr *peer)
{
	if (peer->user_ip4 == ACTUAL && peer->user_port == PORT) {
		peer->user_ip4 = ADVERTISED; // the process finds the sender that it expects
		peer->user_port = bpf_htons(53);
	}
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
