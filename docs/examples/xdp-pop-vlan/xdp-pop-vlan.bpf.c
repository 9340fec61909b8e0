#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct vlan {
	__u8 addresses[2 * ETH_ALEN];
	__be16 protocol, tag, inner;
};

// region program
SEC("xdp")
int pop_vlan(struct xdp_md *context)
{
	void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
	__u8 addresses[2 * ETH_ALEN];
	struct vlan *head = data;

	if ((void *)(head + 1) > end || head->protocol != bpf_htons(ETH_P_8021Q))
		return XDP_PASS;
	__builtin_memcpy(addresses, head->addresses, sizeof(addresses));
	if (bpf_xdp_adjust_head(context, 4))
		return XDP_ABORTED;
	data = (void *)(long)context->data; // the packet begins elsewhere: all pointers into it are void
	end = (void *)(long)context->data_end;
	if (data + sizeof(addresses) > end)
		return XDP_ABORTED;
	__builtin_memcpy(data, addresses, sizeof(addresses));
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
