#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, __u64);
} flows SEC(".maps");

__u32 next, refused;

// region evict
SEC("xdp")
int track(struct xdp_md *context)
{
	__u32 busy = 0, flow = next++;
	__u64 one = 1, *seen;

	if (bpf_map_update_elem(&flows, &flow, &one, BPF_NOEXIST))
		refused++; // never: an old element makes room
	seen = bpf_map_lookup_elem(&flows, &busy); // a lookup by a program counts as use
	if (seen)
		++*seen;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
