#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 counts[16];

// region access
SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;

	counts[queue]++; // nothing says that queue is below 16
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
