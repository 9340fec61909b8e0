#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} sizes SEC(".maps");
// endregion

SEC("xdp")
int measure(struct xdp_md *context)
{
	__u32 slot = (context->data_end - context->data) / 256;
	__u64 *count;

	if (slot > 7)
		slot = 7;
	count = bpf_map_lookup_elem(&sizes, &slot);
	if (count)
		__sync_fetch_and_add(count, 1);
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
