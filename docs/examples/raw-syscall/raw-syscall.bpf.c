#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("xdp")
int answer(struct xdp_md *context)
{
	return XDP_TX;
}
// endregion

char licence[] SEC("license") = "GPL";
