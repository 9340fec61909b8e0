#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("lwt_out")
int no_discard(struct __sk_buff *packet)
{
	struct iphdr ip; // a route sees packets from the IP header on
	struct udphdr udp;

	if (bpf_skb_load_bytes(packet, 0, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP)
		return BPF_OK;
	if (bpf_skb_load_bytes(packet, ip.ihl * 4, &udp, sizeof(udp)))
		return BPF_OK;
	return udp.dest == bpf_htons(9) ? BPF_DROP : BPF_OK;
}
// endregion

char licence[] SEC("license") = "GPL";
