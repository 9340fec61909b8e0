#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

extern int bpf_dynptr_from_skb(struct __sk_buff *packet, __u64 flags, struct bpf_dynptr *made) __ksym;
extern void *bpf_dynptr_slice(const struct bpf_dynptr *from, __u32 offset, void *buffer, __u32 size) __ksym;

// region slice
SEC("tc")
int kind(struct __sk_buff *packet)
{
	struct ethhdr buffer, *ethernet;
	struct bpf_dynptr whole;

	if (bpf_dynptr_from_skb(packet, 0, &whole))
		return -1;
	// Straight into the packet where its bytes lie in one piece, else a copy in the buffer.
	ethernet = bpf_dynptr_slice(&whole, 0, &buffer, sizeof(buffer));
	if (!ethernet)
		return -1; // the packet is shorter
	return bpf_ntohs(ethernet->h_proto);
}
// endregion

char licence[] SEC("license") = "GPL";
