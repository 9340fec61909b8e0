#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} bytes SEC(".maps");

// region count
SEC("tc")
int count(struct __sk_buff *packet)
{
	__u32 protocol = packet->protocol;
	__u64 *sum, length = packet->len;

	sum = bpf_map_lookup_elem(&bytes, &protocol);
	if (sum)
		*sum += length; // this CPU's copy: no atomic operation
	else
		bpf_map_update_elem(&bytes, &protocol, &length, BPF_NOEXIST); // the other copies become 0
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
