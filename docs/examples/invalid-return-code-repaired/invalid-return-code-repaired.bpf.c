#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define LARGEST 1000

enum verdict {
	DROP,
	PASS,
};

// region verdict
SEC("cgroup_skb/ingress")
int small_only(struct __sk_buff *packet)
{
	return packet->len > LARGEST ? DROP : PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
