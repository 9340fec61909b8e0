#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region callback
static long add(__u64 round, __u64 *sum)
{
	*sum += round;
	return *sum; // the helper reads this: 0 goes on, 1 ends the loop
}

SEC("xdp")
int total(struct xdp_md *context)
{
	__u64 sum = 0;

	bpf_loop(10, add, &sum, 0);
	return sum;
}
// endregion

char licence[] SEC("license") = "GPL";
