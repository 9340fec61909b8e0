#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct account {
	struct bpf_spin_lock lock;
	__u32 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct account)); // how large, and not what
} accounts SEC(".maps");

SEC("tc")
int count(struct __sk_buff *packet)
{
	__u32 key = 0, length = packet->len;
	struct account *account = bpf_map_lookup_elem(&accounts, &key);

	if (!account)
		return -1;
	bpf_spin_lock(&account->lock);
	account->packets++;
	account->bytes += length;
	bpf_spin_unlock(&account->lock);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
