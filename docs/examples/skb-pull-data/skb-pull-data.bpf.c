#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

const volatile __u16 port;
__u32 reachable[2];
char first;

// region program
SEC("tc")
int look(struct __sk_buff *packet)
{
	void *data = (void *)(long)packet->data, *end = (void *)(long)packet->data_end;
	struct tcphdr *tcp = data + sizeof(struct ethhdr) + sizeof(struct iphdr);
	char *payload;
	__u32 at;

	if ((void *)(tcp + 1) > end || tcp->dest != bpf_htons(port) || !tcp->psh)
		return 0;
	at = (void *)tcp - data + tcp->doff * 4;
	reachable[0] = end - data;
	// What TCP sends lies in pages of its own, which packet->data does not reach.
	if (bpf_skb_pull_data(packet, packet->len))
		return 0;
	data = (void *)(long)packet->data; // all pointers are void now
	end = (void *)(long)packet->data_end;
	reachable[1] = end - data;
	payload = data + (at & 0xff);
	if ((void *)(payload + 1) <= end)
		first = *payload;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
