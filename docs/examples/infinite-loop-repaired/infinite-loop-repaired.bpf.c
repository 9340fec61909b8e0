#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOST 100

volatile __u32 ready; // user space sets it
int rounds;

// region wait
SEC("xdp")
int wait(struct xdp_md *context)
{
	for (rounds = 0; rounds < MOST; rounds++) {
		if (ready)
			return XDP_PASS;
	}
	return XDP_DROP; // it gives up, and says so
}
// endregion

char licence[] SEC("license") = "GPL";
