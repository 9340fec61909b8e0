#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

__u32 received;

// region programs
struct note {
	__u32 mark;
};

SEC("xdp")
int write_note(struct xdp_md *context)
{
	struct note *note;

	if (bpf_xdp_adjust_meta(context, -(int)sizeof(*note))) // some drivers have no room for it
		return XDP_PASS;
	note = (void *)(long)context->data_meta;
	if ((void *)(note + 1) > (void *)(long)context->data)
		return XDP_ABORTED;
	note->mark = 42;
	return XDP_PASS;
}

SEC("tc")
int read_note(struct __sk_buff *packet)
{
	struct note *note = (void *)(long)packet->data_meta;

	if ((void *)(note + 1) > (void *)(long)packet->data)
		return TC_ACT_OK;
	received = note->mark;
	return TC_ACT_OK;
}
// endregion

char licence[] SEC("license") = "GPL";
