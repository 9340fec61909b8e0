#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char buffer[64];
__u32 used;

// region align
SEC("xdp")
int note(struct xdp_md *context)
{
	__u32 offset = used & 31;
	__u64 *next;

	next = (void *)(((long)&buffer[offset] + 7) & ~7L); // rounds the address up to a multiple of 8
	*next = bpf_ktime_get_ns();
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
