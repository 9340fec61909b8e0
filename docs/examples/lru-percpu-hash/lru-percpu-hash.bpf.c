#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 500); // keys: each has a value for each possible CPU
	__type(key, __u32);
	__type(value, __u64);
} senders SEC(".maps");
// endregion

__u32 next;

// region count
SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 sender = next++ % 4000;
	__u64 one = 1, *packets = bpf_map_lookup_elem(&senders, &sender);

	if (packets)
		++*packets; // no other CPU has this copy
	else if (bpf_map_update_elem(&senders, &sender, &one, BPF_ANY))
		return XDP_ABORTED; // never for want of room
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
