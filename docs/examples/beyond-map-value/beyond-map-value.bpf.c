#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define QUEUES 16

__u64 counts[QUEUES];

// region access
SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;

	if (queue > QUEUES) // 16 itself passes, and the last element is 15
		return XDP_ABORTED;
	counts[queue]++;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
