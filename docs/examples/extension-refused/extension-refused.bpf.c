#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region target
static __noinline int hidden(struct xdp_md *context)
{
	return context->rx_queue_index & 1 ? XDP_DROP : XDP_PASS;
}

__attribute__((noinline)) int decide(struct xdp_md *context) // not static: this one can be replaced
{
	volatile int verdict = hidden(context);

	return verdict;
}

SEC("xdp")
int firewall(struct xdp_md *context)
{
	return decide(context);
}
// endregion

// region extensions
SEC("?freplace/hidden")
int of_static(struct xdp_md *context)
{
	return XDP_DROP;
}

SEC("?freplace/decide")
int of_two(struct xdp_md *context, int mark)
{
	return mark ? XDP_DROP : XDP_PASS;
}

SEC("?freplace/decide")
int fitting(struct xdp_md *context)
{
	return XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
