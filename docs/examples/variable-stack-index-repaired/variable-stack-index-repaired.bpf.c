#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region stack
SEC("xdp")
int steer(struct xdp_md *context)
{
	char shares[8];
	__u32 queue = context->rx_queue_index;

	__builtin_memset(shares, 0, sizeof(shares));
	if (queue >= sizeof(shares)) // 0 to 7 pass
		return XDP_ABORTED;
	shares[queue] = 1;
	return shares[0] ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
