#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_RHASH);
	__uint(map_flags, BPF_F_NO_PREALLOC); // this type demands it
	__uint(max_entries, 1 << 20);         // a limit: memory is taken as the table grows
	__type(key, __u32);
	__type(value, __u64);
} lengths SEC(".maps");
// endregion

// region count
SEC("tc")
int count(struct __sk_buff *packet)
{
	__u32 length = packet->len;
	__u64 one = 1, *seen = bpf_map_lookup_elem(&lengths, &length);

	if (seen)
		__sync_fetch_and_add(seen, 1);
	else
		bpf_map_update_elem(&lengths, &length, &one, BPF_NOEXIST);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
