#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct counts {
	__u64 bytes, packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct counts);
} devices SEC(".maps");

// region lookup
static __noinline int add_one(__u64 *counter)
{
	*counter += 1;
	return *counter == 2 ? XDP_TX : XDP_PASS;
}

SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 device = context->ingress_ifindex;
	struct counts *counts = bpf_map_lookup_elem(&devices, &device), none = {};

	if (!counts)
		return bpf_map_update_elem(&devices, &device, &none, BPF_NOEXIST) ? XDP_ABORTED : XDP_DROP;
	return add_one(&counts->packets); // there is a struct, and thus a field of it
}
// endregion

char licence[] SEC("license") = "GPL";
