#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u32 packets;

// region number
SEC("xdp")
int sample(struct xdp_md *context)
{
	// The result is used: an addition that gives the old value is an instruction of v5.12.
	__u32 number = __sync_fetch_and_add(&packets, 1);

	return number % 100 ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
