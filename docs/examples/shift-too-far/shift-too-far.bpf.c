#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region shift
SEC("xdp")
int share(struct xdp_md *context)
{
	__u64 queue = context->rx_queue_index;

	asm volatile("%0 <<= 64" : "+r"(queue)); // 63 is the most for 64 bits, 31 for 32
	return queue ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
