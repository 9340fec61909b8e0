#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

#define KNOWN offsetof(struct bpf_tunnel_key, local_ipv4) // kernels before v6.0 have no more members

struct bpf_tunnel_key seen;
int result;

// region programs
SEC("tc")
int send(struct __sk_buff *packet)
{
	struct bpf_tunnel_key key = {
		.tunnel_id = 42,
		.remote_ipv4 = 0x7f000001, // in the byte order of this machine
		.tunnel_ttl = 64,
	};

	// Says where the device will send this packet; it only works for a device made with `external`.
	result = bpf_skb_set_tunnel_key(packet, &key, KNOWN, BPF_F_ZERO_CSUM_TX);
	return result ? TC_ACT_SHOT : TC_ACT_OK;
}

SEC("tc")
int receive(struct __sk_buff *packet)
{
	bpf_skb_get_tunnel_key(packet, &seen, KNOWN, 0); // what the packet came in
	return TC_ACT_OK;
}
// endregion

char licence[] SEC("license") = "GPL";
