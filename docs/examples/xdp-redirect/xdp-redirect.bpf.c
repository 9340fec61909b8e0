#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

// region program
SEC("xdp")
int forward(struct xdp_md *context)
{
	return bpf_redirect_map(&ports, 1, 0); // XDP_ABORTED where nothing is at 1
}
// endregion

SEC("xdp")
int pass(struct xdp_md *context)
{
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
