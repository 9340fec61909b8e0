#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bucket {
	struct bpf_spin_lock lock;
	__u32 tokens;
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
	__u32 key = 0;
	struct bucket *bucket = bpf_map_lookup_elem(&buckets, &key);

	if (!bucket)
		return 2; // TC_ACT_SHOT
	bpf_spin_lock(&bucket->lock);
	if (!bucket->tokens)
		return 2; // and the lock?
	bucket->tokens--;
	bpf_spin_unlock(&bucket->lock);
	return 0; // TC_ACT_OK
}
// endregion

char licence[] SEC("license") = "GPL";
