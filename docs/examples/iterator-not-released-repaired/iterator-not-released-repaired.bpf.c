#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region loop
SEC("tc")
int find(struct __sk_buff *packet)
{
	int number;

	bpf_for(number, 1, 1000) {
		if (number * number >= packet->len)
			return number;
	}
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
