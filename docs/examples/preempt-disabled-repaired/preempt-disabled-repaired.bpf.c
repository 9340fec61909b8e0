#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_preempt_disable(void) __ksym;
extern void bpf_preempt_enable(void) __ksym;

__u64 packets, bytes;

// region count
SEC("tc")
int count(struct __sk_buff *packet)
{
	int large = packet->len >= 64;

	bpf_preempt_disable();
	packets++;
	if (large)
		bytes += packet->len;
	bpf_preempt_enable();
	return large;
}
// endregion

char licence[] SEC("license") = "GPL";
