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
	__u32 device = context->ingress_ifindex;
	__u64 *counter = bpf_map_lookup_elem(&packets, &device), first = 1;

	if (counter)
		__sync_fetch_and_add(counter, 1);
	else
		bpf_map_update_elem(&packets, &device, &first, BPF_NOEXIST);
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
