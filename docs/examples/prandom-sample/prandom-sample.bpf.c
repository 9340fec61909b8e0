#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 one_in = 1;
int sampled;

// region sample
SEC("tc")
int sample(struct __sk_buff *packet)
{
	if (bpf_get_prandom_u32() % one_in)
		return 0;
	sampled++; // here the packet would be looked at closer
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
