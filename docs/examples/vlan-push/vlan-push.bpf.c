#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region programs
SEC("tc")
int push(struct __sk_buff *packet)
{
	// The inner tag goes into the packet when the outer comes: one tag is kept beside the packet.
	if (bpf_skb_vlan_push(packet, bpf_htons(ETH_P_8021Q), 100) ||
	    bpf_skb_vlan_push(packet, bpf_htons(ETH_P_8021AD), 200))
		return -1;
	return packet->vlan_tci;
}

SEC("tc")
int pop(struct __sk_buff *packet)
{
	if (bpf_skb_vlan_pop(packet))
		return -1;
	return packet->vlan_present;
}
// endregion

char licence[] SEC("license") = "GPL";
