#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PROTOCOL 23 // of IPv4 behind Ethernet

// region load
SEC("xdp")
int protocol(struct xdp_md *context)
{
	__u8 protocol;

	if (bpf_xdp_load_bytes(context, PROTOCOL, &protocol, sizeof(protocol)))
		return XDP_ABORTED;
	return protocol == 6 ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
