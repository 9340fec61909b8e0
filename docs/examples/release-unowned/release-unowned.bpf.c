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
	seen++;
	bpf_sk_release(sock); // the packet's, not ours
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
