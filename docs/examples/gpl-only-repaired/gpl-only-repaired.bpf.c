#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int result;

// region licence
SEC("xdp")
int note(struct xdp_md *context)
{
	result = bpf_printk("a packet of queue %d", context->rx_queue_index) > 0;
	return XDP_PASS;
}

char licence[] SEC("license") = "Dual MIT/GPL";
// endregion
