#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region merge
SEC("tc")
int classify(struct __sk_buff *packet)
{
	__u32 fallback[4] = { 0, 0, 7, 0 };
	const __u32 *from = fallback;

	if (packet->len > 100)
		from = (const __u32 *)packet;
	barrier_var(from); // as where the compiler joins the ends of two branches
	return from[2]; // one instruction reads the stack, or the mark of the packet
}
// endregion

char licence[] SEC("license") = "GPL";
