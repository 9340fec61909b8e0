#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

// region map
struct counters {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32); // a protocol
	__type(value, __u64);
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u8[ETH_ALEN]); // a customer's address
	__array(values, struct counters);
} customers SEC(".maps");
// endregion

// region lookup
SEC("xdp")
int count(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end, *counters;
	struct ethhdr *head = (void *)(long)context->data;
	__u32 protocol;
	__u64 *packets;

	if ((void *)(head + 1) > end)
		return XDP_ABORTED;
	counters = bpf_map_lookup_elem(&customers, head->h_source);
	if (!counters)
		return XDP_DROP; // nobody's
	protocol = head->h_proto;
	packets = bpf_map_lookup_elem(counters, &protocol);
	if (packets)
		__sync_fetch_and_add(packets, 1);
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
