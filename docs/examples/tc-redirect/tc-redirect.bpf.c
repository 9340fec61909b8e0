#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 target;

// region redirect
SEC("tc")
int forward(struct __sk_buff *packet)
{
	return bpf_redirect(target, 0); // TC_ACT_REDIRECT, which sends it once the program has ended
}
// endregion

char licence[] SEC("license") = "GPL";
