#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define OUTER_FROM bpf_htonl(0x7f000001)
#define OUTER_TO bpf_htonl(0x7f000002)

// region program
SEC("lwt_xmit")
int encapsulate(struct __sk_buff *packet)
{
	struct iphdr outer = {
		.version = 4,
		.ihl = sizeof(outer) / 4,
		.ttl = 64,
		.protocol = IPPROTO_IPIP,
		.tot_len = bpf_htons(packet->len + sizeof(outer)),
		.saddr = OUTER_FROM,
		.daddr = OUTER_TO,
	};

	if (bpf_lwt_push_encap(packet, BPF_LWT_ENCAP_IP, &outer, sizeof(outer)))
		return BPF_DROP;
	return BPF_LWT_REROUTE; // the target is another one now: look the route up anew
}
// endregion

char licence[] SEC("license") = "GPL";
