#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SIZE 10000

volatile __u32 table[SIZE];
__u32 used;

// region count
__noinline int is_used(__u32 index) // not static: the verifier looks at it once, on its own
{
	return index < SIZE && table[index];
}

SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 found = 0;

	for (int i = 0; i < SIZE; i++)
		found += is_used(i);
	used = found;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
