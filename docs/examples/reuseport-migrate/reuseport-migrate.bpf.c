#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum { ACTIVE, SPARE, LISTENERS };

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, LISTENERS);
	__type(key, __u32);
	__type(value, __u64);
} listeners SEC(".maps");

// region program
SEC("sk_reuseport/migrate")
int choose(struct sk_reuseport_md *packet)
{
	__u32 which = ACTIVE;

	if (packet->migrating_sk) // a connection whose listener closed, not a new one
		which = SPARE;
	return bpf_sk_select_reuseport(packet, &listeners, &which, 0) ? SK_DROP : SK_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
