#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_local_irq_save(unsigned long *flags) __ksym;
extern void bpf_local_irq_restore(unsigned long *flags) __ksym;

__u64 packets, bytes;

// region count
SEC("tc")
int count(struct __sk_buff *packet)
{
	int large = packet->len >= 64;
	unsigned long flags;

	bpf_local_irq_save(&flags);
	packets++;
	if (large)
		bytes += packet->len;
	bpf_local_irq_restore(&flags);
	return large;
}
// endregion

char licence[] SEC("license") = "GPL";
