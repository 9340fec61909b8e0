#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MOST 4

struct tag {
	__be16 identifier, next;
};

// region loop
SEC("xdp")
int depth(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = (void *)(long)context->data;
	struct tag *tag = (void *)(ethernet + 1);
	__be16 kind;
	int found;

	if ((void *)tag > end)
		return -1;
	kind = ethernet->h_proto;
#pragma clang loop unroll(disable) // so few rounds clang would write one after another
	for (found = 0; found < MOST; found++) { // a constant, which the verifier can count up to
		if (kind != bpf_htons(ETH_P_8021Q) && kind != bpf_htons(ETH_P_8021AD))
			break;
		if ((void *)(tag + 1) > end)
			return -1;
		kind = tag->next;
		tag++;
	}
	return found;
}
// endregion

char licence[] SEC("license") = "GPL";
