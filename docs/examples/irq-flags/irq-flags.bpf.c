#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern void bpf_local_irq_save(unsigned long *flags) __ksym;
extern void bpf_local_irq_restore(unsigned long *flags) __ksym;

__u64 packets, bytes;

// region count
SEC("tc")
int count(struct __sk_buff *packet)
{
	unsigned long flags;

	bpf_local_irq_save(&flags); // a program in an interrupt could change the same variables
	packets++;
	if (packet->len < 64)
		return 0; // and interrupts stay off
	bytes += packet->len;
	bpf_local_irq_restore(&flags);
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
