#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define BYTES 32

__u32 histogram[BYTES + 1];

// region count
SEC("xdp")
int count(struct xdp_md *context)
{
	__u8 *byte = (void *)(long)context->data;
	__u32 zeros = 0;

	if (byte + BYTES > (__u8 *)(long)context->data_end)
		return XDP_PASS;
	for (int i = 0; i < BYTES; i++) {
		__u32 below = byte[i] - 1; // of zero it makes the largest number

		barrier_var(below);    // or the compiler would make a branch of it again
		zeros += below >> 31;  // 0 or 1: one way with a range in place of two
	}
	histogram[zeros]++;
	return zeros;
}
// endregion

char licence[] SEC("license") = "GPL";
