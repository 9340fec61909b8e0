#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

// region lookup
SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;
	__u64 *count = bpf_map_lookup_elem(&packets, &queue), one = 1;

	if (count)
		++*count;
	else
		bpf_map_update_elem(&packets, &queue, &one, BPF_NOEXIST);
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
