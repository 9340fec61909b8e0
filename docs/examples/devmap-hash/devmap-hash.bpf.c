#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, 4); // keys may be any numbers, unlike in BPF_MAP_TYPE_DEVMAP
	__type(key, __u32);
	__type(value, __u32);
} customers SEC(".maps");
// endregion

// region program
SEC("xdp")
int forward(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *head = (void *)(long)context->data;
	__be32 *customer = (void *)(head + 1);

	if ((void *)(customer + 1) > end)
		return XDP_DROP;
	return bpf_redirect_map(&customers, bpf_ntohl(*customer), XDP_DROP);
}
// endregion

char licence[] SEC("license") = "GPL";
