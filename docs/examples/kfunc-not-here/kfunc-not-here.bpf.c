#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern int bpf_dynptr_from_skb(struct __sk_buff *packet, u64 flags, struct bpf_dynptr *dynptr) __ksym;

// region call
SEC("xdp")
int first_byte(struct xdp_md *context)
{
	struct bpf_dynptr packet;
	u8 byte;

	bpf_dynptr_from_skb((void *)context, 0, &packet); // XDP runs before there is an skb
	if (bpf_dynptr_read(&byte, sizeof(byte), &packet, 0, 0))
		return XDP_ABORTED;
	return byte & 1 ? XDP_DROP : XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
