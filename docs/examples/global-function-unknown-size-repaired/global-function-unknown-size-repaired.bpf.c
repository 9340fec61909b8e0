#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct header {
	char kind;
	char rest[15];
};

// region function
__noinline int kind(const struct header *header)
{
	return header ? header->kind : -1;
}

struct header buffer; // the caller has to pass at least as much memory as the type is large

SEC("tc")
int classify(struct __sk_buff *packet)
{
	if (bpf_skb_load_bytes(packet, 0, &buffer, sizeof(buffer)))
		return -1;
	return kind(&buffer);
}
// endregion

char licence[] SEC("license") = "GPL";
