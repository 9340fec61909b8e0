#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region chain
#define LAYER(name, next)                                                                                    \
	static __always_inline int name(struct xdp_md *context)                                              \
	{                                                                                                    \
		return next(context) + 1;                                                                    \
	}
// endregion

static __noinline int layer16(struct xdp_md *context)
{
	return context->rx_queue_index;
}
LAYER(layer15, layer16)
LAYER(layer14, layer15)
LAYER(layer13, layer14)
LAYER(layer12, layer13)
LAYER(layer11, layer12)
LAYER(layer10, layer11)
LAYER(layer9, layer10)
LAYER(layer8, layer9)
LAYER(layer7, layer8)
LAYER(layer6, layer7)
LAYER(layer5, layer6)
LAYER(layer4, layer5)
LAYER(layer3, layer4)
LAYER(layer2, layer3)
LAYER(layer1, layer2)

SEC("xdp")
int top(struct xdp_md *context)
{
	return layer1(context) > 100 ? XDP_DROP : XDP_PASS;
}

char licence[] SEC("license") = "GPL";
