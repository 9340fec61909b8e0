#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

__u64 refused;

// region program
SEC("cgroup_skb/egress")
int no_discard(struct __sk_buff *packet)
{
	struct iphdr ip; // there is no Ethernet header in front of it here
	struct udphdr udp;

	if (bpf_skb_load_bytes(packet, 0, &ip, sizeof(ip)) || ip.version != 4 || ip.protocol != IPPROTO_UDP)
		return 1;
	if (bpf_skb_load_bytes(packet, ip.ihl * 4, &udp, sizeof(udp)))
		return 1;
	if (udp.dest != bpf_htons(9))
		return 1;
	refused += bpf_ntohs(udp.len) - sizeof(udp);
	return 0; // dropped, and the sender gets EPERM
}
// endregion

char licence[] SEC("license") = "GPL";
