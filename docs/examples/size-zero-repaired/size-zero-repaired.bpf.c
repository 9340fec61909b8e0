#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char payload[64];

// region size
SEC("tc")
int peek(struct __sk_buff *packet)
{
	int length = (int)packet->len - 14;

	if (length <= 0) // signed: an order, of which every kernel learns that 1 is the least
		return -1;
	if (length > sizeof(payload))
		length = sizeof(payload);
	return bpf_skb_load_bytes(packet, 14, payload, length);
}
// endregion

char licence[] SEC("license") = "GPL";
