#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

volatile __u32 ready; // user space sets it

// region wait
SEC("xdp")
int wait(struct xdp_md *context)
{
	while (!ready) // nothing in the program changes from one round to the next
		;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
