#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UDP_HEADER 8

// region filter
SEC("socket")
int filter(struct __sk_buff *packet)
{
	char first;

	// On a UDP socket the packet begins with the UDP header, whatever lies in front of it.
	if (bpf_skb_load_bytes(packet, UDP_HEADER, &first, sizeof(first)))
		return 0;
	if (first == '#')
		return 0;	       // drop it
	return UDP_HEADER + 4; // keep four bytes of data, cut off the rest
}
// endregion

char licence[] SEC("license") = "GPL";
