#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region lock
struct account {
	struct bpf_spin_lock lock;
	__u32 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct account);
} accounts SEC(".maps");

SEC("tc")
int account(struct __sk_buff *packet)
{
	__u32 key = 0, length = packet->len;
	struct account *found = bpf_map_lookup_elem(&accounts, &key);

	if (!found)
		return 0;
	bpf_spin_lock(&found->lock); // both members change, or none: no helper may be called meanwhile
	found->packets++;
	found->bytes += length;
	bpf_spin_unlock(&found->lock);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
