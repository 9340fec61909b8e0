#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_dynptr_from_skb(struct __sk_buff *packet, __u64 flags, struct bpf_dynptr *made) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *from, __u32 offset, void *buffer, __u32 size) __ksym;

// region slice
SEC("tc")
int sum(struct __sk_buff *packet)
{
	__u32 length = packet->len, total = 0;
	struct bpf_dynptr whole;
	__u8 buffer[64] = {}, *bytes;

	if (length > sizeof(buffer))
		length = sizeof(buffer);
	if (bpf_dynptr_from_skb(packet, 0, &whole))
		return -1;
	bytes = bpf_dynptr_slice(&whole, 0, buffer, length);
	if (!bytes)
		return -1;
	for (__u32 i = 0; i < length; i++)
		total += bytes[i];
	return total;
}
// endregion

char licence[] SEC("license") = "GPL";
