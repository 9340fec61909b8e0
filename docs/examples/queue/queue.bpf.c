#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE); // without keys
	__uint(max_entries, 3);
	__type(value, __u32);
} lengths SEC(".maps");
// endregion

__u32 lost;

// region push
SEC("tc")
int record(struct __sk_buff *packet)
{
	__u32 length = packet->len;

	if (bpf_map_push_elem(&lengths, &length, BPF_ANY))
		lost++; // -E2BIG: it is full
	return 0;
}

SEC("tc")
int record_latest(struct __sk_buff *packet)
{
	__u32 length = packet->len;

	return bpf_map_push_elem(&lengths, &length, BPF_EXIST); // drops the oldest when it is full
}
// endregion

char licence[] SEC("license") = "GPL";
