#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

const volatile __be32 target = bpf_htonl(0xc0000263); // 192.0.2.99

// region sum
static __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16); // the first step may carry once more
	return ~sum;
}

SEC("xdp")
int redirect(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = (void *)(long)context->data;
	struct iphdr *ip = (void *)(ethernet + 1);
	__be32 new = target;

	if ((void *)(ip + 1) > end || ethernet->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	// The old sum, with the address taken out and the new one put in. ~ undoes fold's last step.
	ip->check = fold(bpf_csum_diff(&ip->daddr, 4, &new, 4, (__u16)~ip->check));
	ip->daddr = new;
	return XDP_TX;
}
// endregion

char licence[] SEC("license") = "GPL";
