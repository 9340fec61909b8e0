#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region count
struct account {
	struct bpf_spin_lock lock;
	__u32 calls;
	__u32 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct account);
} accounts SEC(".maps");

SEC("raw_tp/sys_exit")
int on_exit(struct bpf_raw_tracepoint_args *context)
{
	__u32 key = 0;
	struct account *account = bpf_map_lookup_elem(&accounts, &key);

	if (account)
		__sync_fetch_and_add(&account->calls, 1); // without the lock, and yet refused
	return 0;
}

SEC("tc")
int on_packet(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct account *account = bpf_map_lookup_elem(&accounts, &key);

	if (!account)
		return -1;
	bpf_spin_lock(&account->lock);
	account->packets++;
	bpf_spin_unlock(&account->lock);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
