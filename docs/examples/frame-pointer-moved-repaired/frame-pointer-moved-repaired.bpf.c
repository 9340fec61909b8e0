#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region stack
SEC("socket")
int filter(struct __sk_buff *packet)
{
	long seven;

	asm volatile("r1 = 7\n"
		     "*(u64 *)(r10 - 8) = r1\n" // below R10: nothing has to be moved
		     "%0 = *(u64 *)(r10 - 8)\n"
		     : "=r"(seven)
		     :
		     : "r1", "memory");
	return seven;
}
// endregion

char licence[] SEC("license") = "GPL";
