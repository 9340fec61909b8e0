#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region align
SEC("xdp")
int inspect(struct xdp_md *context)
{
	if (context->data & 3) // looks at the lower bits of an address
		return XDP_DROP;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
