#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} limits SEC(".maps");

// region errors
int insert, beyond, removed; // of 32 bits: v5.10 gives no sign to the upper half of a long

SEC("xdp")
int change(struct xdp_md *context)
{
	__u32 first = 0, fifth = 4;
	__u64 value = 100;

	insert = bpf_map_update_elem(&limits, &first, &value, BPF_NOEXIST); // -EEXIST: it is there from the start
	beyond = bpf_map_update_elem(&limits, &fifth, &value, BPF_ANY);     // -E2BIG
	removed = bpf_map_delete_elem(&limits, &first);                     // -EINVAL
	bpf_map_update_elem(&limits, &first, &value, BPF_EXIST);
	return bpf_map_lookup_elem(&limits, &fifth) ? XDP_ABORTED : XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
