#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_preempt_disable(void) __ksym;
extern void bpf_preempt_enable(void) __ksym;

__u64 packets, bytes;

// region count
SEC("tc")
int count(struct __sk_buff *packet)
{
	bpf_preempt_disable(); // no other program of this CPU sees one changed and the other not
	packets++;
	if (packet->len < 64)
		return 0; // and preemption stays off
	bytes += packet->len;
	bpf_preempt_enable();
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
