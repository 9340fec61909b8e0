#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region print
SEC("xdp")
int print(struct xdp_md *context)
{
	__u32 length = context->data_end - context->data;

	bpf_printk("%u bytes on interface %u", length, context->ingress_ifindex);
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
