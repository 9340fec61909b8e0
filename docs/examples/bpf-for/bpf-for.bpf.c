#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region loop
SEC("tc")
int total(struct __sk_buff *packet)
{
	__u32 total = 0;
	int number;

	bpf_for(number, 0, packet->len) { // a bound that only the kernel knows, when it runs
		if (number % 2)
			continue;
		total += number;
	}
	return total;
}
// endregion

char licence[] SEC("license") = "GPL";
