#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("xdp")
int shorten(struct xdp_md *context)
{
	int size = context->data_end - context->data;

	if (size > 64 && bpf_xdp_adjust_tail(context, 64 - size)) // negative: away from the end
		return XDP_ABORTED;
	// Pointers into the packet from before are void now.
	return context->data_end - context->data == 64 ? XDP_TX : XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
