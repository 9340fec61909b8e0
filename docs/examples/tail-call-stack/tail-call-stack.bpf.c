#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

static __noinline int go_on(struct __sk_buff *packet)
{
	bpf_tail_call(packet, &next, 0);
	return TC_ACT_OK; // there is no next program
}

// region call
SEC("tc")
int inspect(struct __sk_buff *packet)
{
	char copy[300];

	if (bpf_skb_load_bytes(packet, 0, copy, sizeof(copy)) || copy[0] & 1)
		return TC_ACT_SHOT;
	return go_on(packet); // the copy stays on the stack meanwhile
}
// endregion

char licence[] SEC("license") = "GPL";
