#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 packets;

// region count
SEC("xdp")
int count(struct xdp_md *context)
{
	packets++;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
