#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct key {
	__u8 reserved; // nobody looks at it, but it is a byte of the key
	__u8 kind;
	__u16 queue;
	__u32 mark;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct key);
	__type(value, __u64);
} packets SEC(".maps");

// region read
SEC("socket")
int filter(struct __sk_buff *packet)
{
	__u64 one = 1;
	struct key key;

	key.kind = packet->pkt_type;
	key.queue = packet->queue_mapping;
	key.mark = packet->mark;
	bpf_map_update_elem(&packets, &key, &one, BPF_ANY); // reads all 8 bytes
	return packet->len;
}
// endregion

char licence[] SEC("license") = "GPL";
