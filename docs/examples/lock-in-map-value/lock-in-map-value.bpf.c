#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

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

// region copy
SEC("tc")
int mean(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct account *account = bpf_map_lookup_elem(&accounts, &key), copy;

	if (!account)
		return -1;
	bpf_spin_lock(&account->lock);
	account->packets++;
	account->bytes += packet->len;
	copy = *account; // all of it, so the lock too
	bpf_spin_unlock(&account->lock);
	bpf_map_update_elem(&accounts, &key, &copy, BPF_ANY);
	return copy.bytes / copy.packets;
}
// endregion

char licence[] SEC("license") = "GPL";
