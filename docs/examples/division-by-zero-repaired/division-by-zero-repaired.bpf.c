#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

volatile __u64 queues; // a register may be zero: the kernel divides safely

__u64 quotient = 1, rest = 1;

// region share
SEC("xdp")
int share(struct xdp_md *context)
{
	__u64 number = 77, by = queues;

	quotient = number / by;
	rest = number % by;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
