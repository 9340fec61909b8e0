#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64); // a descriptor is written, a cookie is read
} workers SEC(".maps");
// endregion

// region select
SEC("sk_reuseport/migrate")
int select(struct sk_reuseport_md *packet)
{
	__u32 worker = 0;
	__u8 kind;

	if (packet->migrating_sk)
		return SK_PASS; // a listener closes, with connections: the kernel chooses who inherits them
	if (!bpf_skb_load_bytes(packet, 8, &kind, sizeof(kind))) // the first byte behind the head of UDP
		worker = kind == 'u';
	// Without a socket at that index the kernel chooses by its hash.
	bpf_sk_select_reuseport(packet, &workers, &worker, 0);
	return SK_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
