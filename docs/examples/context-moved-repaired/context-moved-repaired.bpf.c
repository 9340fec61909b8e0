#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region context
static __noinline __u32 sum(const struct __sk_buff *packet)
{
	return packet->cb[0] + packet->cb[1]; // offsets 48 and 52 are in the instructions
}

SEC("tc")
int classify(struct __sk_buff *packet)
{
	packet->cb[1] = 7;
	return sum(packet);
}
// endregion

char licence[] SEC("license") = "GPL";
