#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region map
struct prefix {
	__u32 length; // in bits, in the byte order of the host; an address is in that of the network
	__u8 address[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC); // this type demands it
	__uint(max_entries, 1024);
	__type(key, struct prefix);
	__type(value, __u32);
} verdicts SEC(".maps");
// endregion

__u32 unmatched;

// region lookup
SEC("xdp")
int filter(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *head = (void *)(long)context->data;
	struct iphdr *ip = (void *)(head + 1);
	struct prefix source = { .length = 32 };
	__u32 *verdict;

	if ((void *)(ip + 1) > end || head->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	__builtin_memcpy(source.address, &ip->saddr, sizeof(source.address));
	verdict = bpf_map_lookup_elem(&verdicts, &source);
	if (!verdict) {
		unmatched++;
		return XDP_PASS;
	}
	return *verdict;
}
// endregion

char licence[] SEC("license") = "GPL";
