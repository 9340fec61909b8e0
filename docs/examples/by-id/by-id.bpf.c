#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 only = 0;
	__u64 *seen = bpf_map_lookup_elem(&packets, &only);

	if (seen)
		++*seen;
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
