#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 bytes;

// region programs
SEC("?socket")
int filter(struct __sk_buff *packet)
{
	return packet->len > 100 ? packet->len : 0;
}

SEC("?xdp")
int pass(struct xdp_md *context)
{
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
