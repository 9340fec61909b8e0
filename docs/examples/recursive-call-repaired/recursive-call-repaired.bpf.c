#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOST 16 // times that a length of 16 bits can be halved

// region halve
static __noinline int pieces(__u32 length)
{
	int found = 1;

	for (int i = 0; i < MOST && length > 100; i++) {
		length -= length / 2; // the larger half decides whether there is a next round
		found *= 2;
	}
	return found;
}

SEC("xdp")
int split(struct xdp_md *context)
{
	return pieces(context->data_end - context->data);
}
// endregion

char licence[] SEC("license") = "GPL";
