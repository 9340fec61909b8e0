#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region map
enum { IPV4, OTHER, KINDS };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, KINDS);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");
// endregion

SEC("xdp")
int count(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *head = (void *)(long)context->data;
	__u32 kind = OTHER;
	__u64 *seen;

	if ((void *)(head + 1) > end)
		return XDP_DROP; // too short: the verifier wants to see this test
	if (head->h_proto == bpf_htons(ETH_P_IP))
		kind = IPV4;
	// region count
	seen = bpf_map_lookup_elem(&packets, &kind);
	if (seen)
		++*seen; // no atomic operation: no other CPU has this copy
	// endregion
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
