#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct header {
	__u64 offset;
};

// region access
SEC("xdp")
int follow(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct header *header = (void *)(long)context->data;
	char *next;

	if ((void *)(header + 1) > end)
		return XDP_DROP;
	next = (char *)header + header->offset; // any 64 bits, so that next may be anywhere
	if ((void *)(next + 1) > end)
		return XDP_DROP;
	return *next ? XDP_PASS : XDP_TX;
}
// endregion

char licence[] SEC("license") = "GPL";
