#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define AF_INET 2

int answer;

// region route
SEC("xdp")
int route(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = (void *)(long)context->data;
	struct iphdr *ip = (void *)(ethernet + 1);
	struct bpf_fib_lookup way = {};

	if ((void *)(ip + 1) > end || ethernet->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	way.family = AF_INET;
	way.ifindex = context->ingress_ifindex; // where it came in; the answer stands here too
	way.tot_len = bpf_ntohs(ip->tot_len);
	way.ipv4_src = ip->saddr;
	way.ipv4_dst = ip->daddr;
	answer = bpf_fib_lookup(context, &way, sizeof(way), 0);
	if (answer != BPF_FIB_LKUP_RET_SUCCESS)
		return XDP_PASS; // no route or no neighbour: the kernel's stack knows what to do
	__builtin_memcpy(ethernet->h_dest, way.dmac, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, way.smac, ETH_ALEN);
	return bpf_redirect(way.ifindex, 0);
}
// endregion

char licence[] SEC("license") = "GPL";
