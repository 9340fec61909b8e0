#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

volatile int offset = -1000, unit = 10;
int units;

// region divide
SEC("xdp")
int convert(struct xdp_md *context)
{
	int from = offset;
	__u32 positive = from < 0 ? -from : from, quotient = positive / unit; // of numbers without a sign

	units = from < 0 ? -quotient : quotient;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
