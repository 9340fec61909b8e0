#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define FIRST 14
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
		if (!byte[i])
			zeros++; // of each round two ways go on: with 32 rounds 4 billion
	}
	histogram[zeros]++; // and the verifier has to know all of them, for it is an index
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
