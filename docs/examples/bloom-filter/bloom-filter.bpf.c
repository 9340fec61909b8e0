#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 1000); // the number that it is laid out for: more are taken, with more errors
	__uint(map_extra, 3);      // hash functions
	__type(value, __u32);
} blocked SEC(".maps");
// endregion

// region check
SEC("tc")
int check(struct __sk_buff *packet)
{
	__u32 length = packet->len;

	return bpf_map_peek_elem(&blocked, &length) ? 0 : 1; // -ENOENT is sure, 0 is not
}

SEC("tc")
int block(struct __sk_buff *packet)
{
	__u32 length = packet->len;

	return bpf_map_push_elem(&blocked, &length, BPF_ANY);
}
// endregion

char licence[] SEC("license") = "GPL";
