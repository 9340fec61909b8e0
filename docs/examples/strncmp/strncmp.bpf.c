#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region compare
SEC("tc")
int match(struct __sk_buff *packet)
{
	char start[4];

	if (bpf_skb_load_bytes(packet, 14, start, sizeof(start)))
		return 0; // EFAULT: the packet ends before
	// The first text may hold anything; the second has to be a constant that ends with a zero.
	return bpf_strncmp(start, sizeof(start), "GET ") ? 0 : 1;
}
// endregion

char licence[] SEC("license") = "GPL";
