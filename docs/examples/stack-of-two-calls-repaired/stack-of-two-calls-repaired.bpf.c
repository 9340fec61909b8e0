#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[256]);
} scratch SEC(".maps");

// region calls
static __noinline int inner(struct __sk_buff *packet)
{
	__u32 zero = 0;
	char *tail = bpf_map_lookup_elem(&scratch, &zero); // not on the stack at all

	if (!tail)
		return -1;
	if (bpf_skb_load_bytes(packet, packet->len - 256, tail, 256))
		return -1;
	return tail[255];
}

SEC("tc")
int outer(struct __sk_buff *packet)
{
	char head[320];

	if (bpf_skb_load_bytes(packet, 0, head, sizeof(head)))
		return -1;
	return inner(packet) + head[0];
}
// endregion

char licence[] SEC("license") = "GPL";
