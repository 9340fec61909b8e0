#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} last_seen SEC(".maps");

struct bpf_map;

// region each
static long drop_old(struct bpf_map *map, const __u32 *key, const __u64 *seen, const __u64 *limit)
{
	if (*seen < *limit)
		bpf_map_delete_elem(map, key);
	return 0; // go on; 1 would end the walk
}

SEC("tc")
int clean(struct __sk_buff *packet)
{
	__u64 limit = packet->mark;

	return bpf_for_each_map_elem(&last_seen, drop_old, &limit, 0); // how many it called drop_old for
}
// endregion

char licence[] SEC("license") = "GPL";
