#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG); // for programs it was never anything else
	__type(key, __u32);
	__type(value, __u32);
} limits SEC(".maps");
// endregion

// region program
SEC("tc")
int is_short(struct __sk_buff *packet)
{
	__u32 key = 0, *limit = bpf_map_lookup_elem(&limits, &key);

	return limit && packet->len <= *limit;
}
// endregion

char licence[] SEC("license") = "GPL";
