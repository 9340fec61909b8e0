#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region stack
SEC("socket")
int filter(struct __sk_buff *packet)
{
	// As on a machine where a function makes room on its stack first.
	asm volatile("r10 += -16\n"
		     "r1 = 7\n"
		     "*(u64 *)(r10 + 8) = r1\n"
		     "r10 += 16\n"
		     :
		     :
		     : "r1", "memory");
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
