#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define QUEUES 0 // was to be set when the program is built

// region share
SEC("xdp")
int share(struct xdp_md *context)
{
	__u64 queue = context->rx_queue_index;

	asm volatile("%0 %%= %1" : "+r"(queue) : "i"(QUEUES));
	return queue ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
