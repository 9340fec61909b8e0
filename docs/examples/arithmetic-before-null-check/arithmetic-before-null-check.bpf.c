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
	if (!counter)
		return XDP_ABORTED;
	*counter += 1;
	return XDP_PASS;
}

SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 device = context->ingress_ifindex;
	struct counts *counts = bpf_map_lookup_elem(&devices, &device);

	return add_one(&counts->packets); // NULL plus 8, which is not NULL
}
// endregion

char licence[] SEC("license") = "GPL";
