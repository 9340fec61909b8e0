#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 counts[16];
__u32 queue_0;

// region access
SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;

	if (queue >= 16)
		return XDP_ABORTED; // a queue that there is no room for: never taken for another one
	counts[queue]++;
	queue_0 = counts[0];
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
