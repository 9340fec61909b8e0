#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region licence
SEC("xdp")
int note(struct xdp_md *context)
{
	bpf_printk("a packet of queue %d", context->rx_queue_index);
	return XDP_PASS;
}

char licence[] SEC("license") = "Proprietary";
// endregion
