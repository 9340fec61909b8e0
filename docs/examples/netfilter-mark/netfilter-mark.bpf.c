#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define NF_DROP 0
#define NF_ACCEPT 1

__u32 dropped;

// region program
SEC("netfilter")
int no_marked(struct bpf_nf_ctx *context)
{
	if (context->skb->mark != 7) // read directly: the verifier knows the type
		return NF_ACCEPT;
	dropped++;
	return NF_DROP; // the sender gets EPERM
}
// endregion

char licence[] SEC("license") = "GPL";
