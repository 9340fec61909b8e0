#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct account {
	struct bpf_spin_lock lock;
	__u32 tokens;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct account);
} accounts SEC(".maps");

// region move
SEC("tc")
int move(struct __sk_buff *packet)
{
	__u32 first = 0, second = 1, amount = packet->len;
	struct account *from = bpf_map_lookup_elem(&accounts, &first);
	struct account *to = bpf_map_lookup_elem(&accounts, &second);

	if (!from || !to)
		return -1;
	bpf_spin_lock(&from->lock);
	from->tokens -= amount;
	to->tokens += amount;
	bpf_spin_unlock(&to->lock); // that of from is held
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
