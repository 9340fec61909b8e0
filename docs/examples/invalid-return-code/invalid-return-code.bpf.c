#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define LARGEST 1000

// region verdict
SEC("cgroup_skb/ingress")
int small_only(struct __sk_buff *packet)
{
	// The verdicts of XDP: here 1 lets a packet through, 0 drops it, and 2 means nothing.
	return packet->len > LARGEST ? XDP_DROP : XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
