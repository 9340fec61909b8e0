#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region check
SEC("xdp")
int only_ipv4(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = (void *)(long)context->data;

	if ((void *)ethernet > end - sizeof(*ethernet)) // moves the end, which must stay where it is
		return XDP_DROP;
	return ethernet->h_proto == bpf_htons(ETH_P_IP) ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
