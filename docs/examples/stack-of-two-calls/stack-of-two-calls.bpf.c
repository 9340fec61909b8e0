#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region calls
static __noinline int inner(struct __sk_buff *packet)
{
	char tail[256];

	if (bpf_skb_load_bytes(packet, packet->len - sizeof(tail), tail, sizeof(tail)))
		return -1;
	return tail[255];
}

SEC("tc")
int outer(struct __sk_buff *packet)
{
	char head[320];

	if (bpf_skb_load_bytes(packet, 0, head, sizeof(head)))
		return -1;
	return inner(packet) + head[0]; // head is still there while inner() runs
}
// endregion

char licence[] SEC("license") = "GPL";
