#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region access
SEC("xdp")
int only_ipv4(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = (void *)(long)context->data;

	if ((void *)(ethernet + 1) > end) // from here on all 14 bytes are known to be there
		return XDP_DROP;
	if (ethernet->h_proto != bpf_htons(ETH_P_IP))
		return XDP_DROP;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
