#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region rewrite
#define TTL (ETH_HLEN + offsetof(struct iphdr, ttl))
#define CHECK (ETH_HLEN + offsetof(struct iphdr, check))

SEC("tc")
int decrease(struct __sk_buff *packet)
{
	__u8 before, after;

	if (packet->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	if (bpf_skb_load_bytes(packet, TTL, &before, 1) || before <= 1)
		return TC_ACT_SHOT;
	after = before - 1;
	// The sum is of words of two bytes, and the TTL is the first of its word. After these two calls
	// pointers into the packet are no longer valid: that is why there are none here.
	if (bpf_l3_csum_replace(packet, CHECK, bpf_htons(before << 8), bpf_htons(after << 8), 2))
		return TC_ACT_SHOT;
	if (bpf_skb_store_bytes(packet, TTL, &after, 1, 0))
		return TC_ACT_SHOT;
	return TC_ACT_OK;
}
// endregion

char licence[] SEC("license") = "GPL";
