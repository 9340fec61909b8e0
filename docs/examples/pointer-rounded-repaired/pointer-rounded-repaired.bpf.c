#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char buffer[64];
__u32 used = 9;

// region align
SEC("xdp")
int note(struct xdp_md *context)
{
	__u32 offset = used & 31;
	__u64 *next;

	offset = (offset + 7) & ~7; // the offset is a number, and may be rounded
	next = (void *)&buffer[offset];
	*next = bpf_ktime_get_ns();
	return offset == 16 ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
