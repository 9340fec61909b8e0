#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define IP_AT ETH_HLEN
#define UDP_AT (IP_AT + (int)sizeof(struct iphdr))
#define NEW_TARGET bpf_htonl(0x0a000063) /* 10.0.0.99 */

SEC("tc")
int rewrite(struct __sk_buff *packet)
{
	__be32 old, new = NEW_TARGET;
	struct iphdr ip;

	if (bpf_skb_load_bytes(packet, IP_AT, &ip, sizeof(ip)))
		return TC_ACT_OK;
	if (packet->protocol != bpf_htons(ETH_P_IP) || ip.ihl != 5 || ip.protocol != IPPROTO_UDP)
		return TC_ACT_OK;
	old = ip.daddr;
	// region repair
	// UDP's checksum covers the addresses too (BPF_F_PSEUDO_HDR); 0 means that there is none.
	bpf_l4_csum_replace(packet, UDP_AT + offsetof(struct udphdr, check), old, new,
			    BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0 | sizeof(new));
	bpf_l3_csum_replace(packet, IP_AT + offsetof(struct iphdr, check), old, new, sizeof(new));
	bpf_skb_store_bytes(packet, IP_AT + offsetof(struct iphdr, daddr), &new, sizeof(new), 0);
	// endregion
	return TC_ACT_OK;
}

char licence[] SEC("license") = "GPL";
