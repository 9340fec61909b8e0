#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val); // a device, and a program for what is sent to it
} ports SEC(".maps");
// endregion

// region redirect
SEC("xdp")
int forward(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *head = (void *)(long)context->data;

	if ((void *)(head + 1) > end)
		return XDP_DROP;
	return bpf_redirect_map(&ports, head->h_dest[5], XDP_PASS); // XDP_PASS where there is no port
}

SEC("xdp/devmap")
int leave(struct xdp_md *context)
{
	// Here both are known: where a packet came in, and where it goes out.
	return context->ingress_ifindex == context->egress_ifindex ? XDP_DROP : XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
