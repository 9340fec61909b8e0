#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("flow_dissector")
int dissect(struct __sk_buff *packet)
{
	void *data = (void *)(long)packet->data, *end = (void *)(long)packet->data_end;
	struct bpf_flow_keys *keys = packet->flow_keys;
	__u16 start = keys->nhoff; // what is in front of it was taken apart already
	struct udphdr *udp;
	struct iphdr *ip;

	if (keys->n_proto != bpf_htons(ETH_P_IP) || start > 64)
		return BPF_DROP; // no flow keys
	ip = data + start;
	udp = (void *)(ip + 1);
	if ((void *)(udp + 1) > end || ip->ihl != 5 || ip->protocol != IPPROTO_UDP)
		return BPF_DROP;
	keys->addr_proto = ETH_P_IP; // in the byte order of this machine, unlike n_proto
	keys->ip_proto = ip->protocol;
	keys->ipv4_src = ip->saddr;
	keys->ipv4_dst = ip->daddr;
	keys->sport = udp->source;
	keys->dport = udp->dest;
	keys->thoff = start + sizeof(*ip);
	return BPF_OK;
}
// endregion

char licence[] SEC("license") = "GPL";
