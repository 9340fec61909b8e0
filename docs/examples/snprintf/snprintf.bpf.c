#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char line[32], small[8];
int length, wanted;

// region format
SEC("tc")
int format(struct __sk_buff *packet)
{
	__u32 address = 0x0100007f; // in network order, as packets have it

	length = BPF_SNPRINTF(line, sizeof(line), "%pI4 has %u bytes", &address, packet->len);
	wanted = BPF_SNPRINTF(small, sizeof(small), "length %u", packet->len); // cut: only 7 characters fit
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
