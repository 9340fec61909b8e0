#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct rules {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} rules_a SEC(".maps"), rules_b SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rules);
} active SEC(".maps") = {
	.values = { &rules_a },
};
// endregion

// region lookup
SEC("xdp")
int filter(struct xdp_md *context)
{
	__u32 first = 0, second = 1, *low, *high, length = context->data_end - context->data;
	void *rules = bpf_map_lookup_elem(&active, &first); // both rules come from the same table

	if (!rules)
		return XDP_ABORTED;
	low = bpf_map_lookup_elem(rules, &first);
	high = bpf_map_lookup_elem(rules, &second);
	if (!low || !high)
		return XDP_ABORTED;
	return length < *low || length > *high ? XDP_DROP : XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
