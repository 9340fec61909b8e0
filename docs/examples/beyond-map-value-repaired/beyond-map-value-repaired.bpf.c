#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define QUEUES 16

__u64 counts[QUEUES];
__u64 queue_0;

// region access
SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;

	if (queue >= QUEUES) // 0 to 15 pass
		return XDP_ABORTED;
	queue_0 = ++counts[queue];
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
