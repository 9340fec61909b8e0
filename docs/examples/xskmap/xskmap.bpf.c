#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 4); // one socket for each queue of the device
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");
// endregion

// region program
SEC("xdp")
int steer(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *head = (void *)(long)context->data;

	if ((void *)(head + 1) > end || head->h_proto != bpf_htons(0x88b5))
		return XDP_PASS; // the rest goes to the kernel as ever
	return bpf_redirect_map(&sockets, context->rx_queue_index, XDP_PASS); // or where no socket is
}
// endregion

char licence[] SEC("license") = "GPL";
