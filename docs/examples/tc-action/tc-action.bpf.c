#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("action")
int short_only(struct __sk_buff *packet)
{
	return packet->len > 100 ? TC_ACT_SHOT : TC_ACT_PIPE; // PIPE: on to the next action
}
// endregion

char licence[] SEC("license") = "GPL";
