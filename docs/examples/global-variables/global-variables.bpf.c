#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region variables
const volatile __u32 limit = 100; // .rodata: set before loading, and a constant for the verifier
__u32 passed_most = 1000;         // .data: user space may change it while the program runs
__u64 dropped, bytes;             // .bss: begin at zero

SEC("xdp")
int police(struct xdp_md *context)
{
	__u32 length = context->data_end - context->data;

	if (length > limit || bytes + length > passed_most) {
		dropped++;
		return XDP_DROP;
	}
	bytes += length; // not exact where several CPUs run it: see atomic operations
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
