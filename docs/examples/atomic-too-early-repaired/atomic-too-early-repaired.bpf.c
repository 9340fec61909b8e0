#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} packets SEC(".maps");

// region number
SEC("xdp")
int sample(struct xdp_md *context)
{
	__u32 key = 0, *count = bpf_map_lookup_elem(&packets, &key);

	if (!count)
		return XDP_ABORTED;
	return (*count)++ % 100 ? XDP_PASS : XDP_DROP; // a count for each CPU needs nothing atomic
}
// endregion

char licence[] SEC("license") = "GPL";
