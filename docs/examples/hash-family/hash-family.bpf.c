#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region maps
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} lru SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} lru_per_cpu SEC(".maps");
// endregion

// region program
SEC("tc")
int put(struct __sk_buff *packet)
{
	__u32 key = packet->len;
	__u64 value = 1;

	return bpf_map_update_elem(&per_cpu, &key, &value, BPF_NOEXIST) ||
	       bpf_map_update_elem(&lru, &key, &value, BPF_NOEXIST) ||
	       bpf_map_update_elem(&lru_per_cpu, &key, &value, BPF_NOEXIST);
}
// endregion

char licence[] SEC("license") = "GPL";
