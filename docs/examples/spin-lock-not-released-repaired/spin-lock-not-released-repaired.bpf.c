#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOST 2

struct bucket {
	struct bpf_spin_lock lock;
	__u32 taken;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

// region take
SEC("tc")
int police(struct __sk_buff *packet)
{
	__u32 key = 0, full;
	struct bucket *bucket = bpf_map_lookup_elem(&buckets, &key);

	if (!bucket)
		return 2; // TC_ACT_SHOT
	bpf_spin_lock(&bucket->lock);
	full = bucket->taken >= MOST;
	if (!full)
		bucket->taken++;
	bpf_spin_unlock(&bucket->lock);
	return full ? 2 : 0; // TC_ACT_OK
}
// endregion

char licence[] SEC("license") = "GPL";
