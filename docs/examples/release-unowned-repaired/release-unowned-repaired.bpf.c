#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int seen;

// region socket
SEC("tc")
int count(struct __sk_buff *packet)
{
	struct bpf_sock *sock = packet->sk;

	if (!sock)
		return -1;
	seen++; // and no more: the packet holds the socket while the program runs
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
