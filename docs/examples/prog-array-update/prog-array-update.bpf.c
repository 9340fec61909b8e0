#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region programs
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} steps SEC(".maps");

SEC("xdp")
int begin(struct xdp_md *context)
{
	bpf_tail_call(context, &steps, 2);
	return XDP_PASS;
}

SEC("xdp")
int drop(struct xdp_md *context)
{
	return XDP_DROP;
}

SEC("xdp")
int send_back(struct xdp_md *context)
{
	return XDP_TX;
}
// endregion

char licence[] SEC("license") = "GPL";
