#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct probe {
	__u32 hops;
};

// region add
SEC("xdp")
int count_hop(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct probe *probe = (void *)(long)context->data;

	if ((void *)(probe + 1) > end)
		return XDP_DROP;
	__sync_fetch_and_add(&probe->hops, 1); // atomic: not in a packet
	return XDP_TX;
}
// endregion

char licence[] SEC("license") = "GPL";
