#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char payload[64];

// region size
SEC("tc")
int peek(struct __sk_buff *packet)
{
	__u32 length = packet->len - 14;

	if (length > sizeof(payload))
		length = sizeof(payload);
	return bpf_skb_load_bytes(packet, 14, payload, length); // 0 to 64
}
// endregion

char licence[] SEC("license") = "GPL";
