#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define UDP_HEADER 8

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} workers SEC(".maps");

// region program
SEC("sk_reuseport")
int choose(struct sk_reuseport_md *packet)
{
	__u8 first;
	__u32 worker;

	if (bpf_skb_load_bytes(packet, UDP_HEADER, &first, sizeof(first)))
		return SK_DROP;
	worker = first & 1;
	if (bpf_sk_select_reuseport(packet, &workers, &worker, 0))
		return SK_DROP; // no socket there, or it is not of this group
	return SK_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
