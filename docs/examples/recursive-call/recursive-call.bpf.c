#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region halve
static __noinline int pieces(__u32 length)
{
	if (length <= 100)
		return 1;
	// It ends, but nothing in the program says after how many calls.
	return pieces(length / 2) + pieces(length - length / 2);
}

SEC("xdp")
int split(struct xdp_md *context)
{
	return pieces(context->data_end - context->data);
}
// endregion

char licence[] SEC("license") = "GPL";
