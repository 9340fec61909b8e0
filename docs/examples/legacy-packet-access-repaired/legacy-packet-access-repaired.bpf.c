#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PROTOCOL 23 // of IPv4 behind Ethernet

// region load
SEC("xdp")
int protocol(struct xdp_md *context)
{
	__u8 *packet = (void *)(long)context->data, *end = (void *)(long)context->data_end;

	if (packet + PROTOCOL + 1 > end)
		return XDP_DROP;
	return packet[PROTOCOL] == 6 ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
