#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_dynptr_from_skb(struct __sk_buff *packet, __u64 flags, struct bpf_dynptr *made) __ksym;

// region read
SEC("tc")
int sum(struct __sk_buff *packet)
{
	__u32 length = packet->len, total = 0;
	struct bpf_dynptr whole;
	__u8 buffer[64] = {};

	if (length > sizeof(buffer))
		length = sizeof(buffer);
	if (bpf_dynptr_from_skb(packet, 0, &whole))
		return -1;
	if (bpf_dynptr_read(buffer, length, &whole, 0, 0))
		return -1;
	for (__u32 i = 0; i < sizeof(buffer); i++) // what was not read is zero
		total += buffer[i];
	return total;
}
// endregion

char licence[] SEC("license") = "GPL";
