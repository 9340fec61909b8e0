#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 8);
	__type(value, __u32);
} unused_ports SEC(".maps");
// endregion

// region use
SEC("tc")
int take(struct __sk_buff *packet)
{
	__u32 port;

	if (bpf_map_pop_elem(&unused_ports, &port))
		return 0; // -ENOENT: all are taken
	return port;
}

SEC("tc")
int give_back(struct __sk_buff *packet)
{
	__u32 port = packet->len, top;

	if (!bpf_map_peek_elem(&unused_ports, &top) && top == port)
		return 0; // given back twice
	return bpf_map_push_elem(&unused_ports, &port, BPF_ANY) ? 0 : port;
}
// endregion

char licence[] SEC("license") = "GPL";
