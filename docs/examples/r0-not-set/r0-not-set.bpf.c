#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 packets;

// region count
SEC("xdp")
void count(struct xdp_md *context) // a program has to return a number
{
	packets++;
}
// endregion

char licence[] SEC("license") = "GPL";
