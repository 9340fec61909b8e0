#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct header; // declared, and defined nowhere

// region function
// Not static: what it may read is known from the types of its arguments alone.
__noinline int kind(const struct header *header)
{
	return header ? *(const char *)header : -1;
}

char buffer[16];

SEC("tc")
int classify(struct __sk_buff *packet)
{
	if (bpf_skb_load_bytes(packet, 0, buffer, sizeof(buffer)))
		return -1;
	return kind((void *)buffer);
}
// endregion

char licence[] SEC("license") = "GPL";
