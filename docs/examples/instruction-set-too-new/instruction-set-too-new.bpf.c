#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

volatile int offset = -1000, unit = 10;
int units;

// region divide
SEC("xdp")
int convert(struct xdp_md *context)
{
	units = offset / unit; // of signed numbers
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
