#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region loop
__u32 total;

static int add(__u32 index, __u32 *unused)
{
	total += index;
	return 0;
}

SEC("tc")
int sum(struct __sk_buff *packet)
{
	total = 0;
	bpf_loop(packet->len, add, 0, 0);
	return total;
}
// endregion

char licence[] SEC("license") = "GPL";
