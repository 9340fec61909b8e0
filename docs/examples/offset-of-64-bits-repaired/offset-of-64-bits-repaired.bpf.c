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
	__u64 offset;
	char *next;

	if ((void *)(header + 1) > end)
		return XDP_DROP;
	offset = header->offset;
	if (offset > 1500) // a bound before the addition
		return XDP_DROP;
	next = (char *)header + offset;
	if ((void *)(next + 1) > end) // and the comparison with the end after it
		return XDP_DROP;
	return *next ? XDP_PASS : XDP_TX;
}
// endregion

char licence[] SEC("license") = "GPL";
