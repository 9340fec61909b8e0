#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SIZE 10000

volatile __u32 table[SIZE];
__u32 used;

// region count
SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 found = 0;

	for (int i = 0; i < SIZE; i++) {
		if (table[i])
			found++; // the other way is put aside in every round
	}
	used = found;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
