#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region merge
SEC("tc")
int classify(struct __sk_buff *packet)
{
	__u32 mark = 7;

	if (packet->len > 100)
		mark = packet->mark; // an instruction of its own for the context
	return mark;
}
// endregion

char licence[] SEC("license") = "GPL";
