#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region access
SEC("xdp")
int only_ipv4(struct xdp_md *context)
{
	struct ethhdr *ethernet = (void *)(long)context->data;

	if (ethernet->h_proto != bpf_htons(ETH_P_IP)) // a packet may be shorter, says the verifier
		return XDP_DROP;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
