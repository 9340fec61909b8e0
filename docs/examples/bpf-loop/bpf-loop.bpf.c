#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region loop
struct sum {
	const __u8 *bytes;
	__u32 total;
};

__u8 bytes[256];
__u32 rounds;

static int add(__u32 index, struct sum *sum)
{
	__u8 byte = bytes[index & 255];

	if (!byte)
		return 1; // ends the loop
	sum->total += byte;
	return 0;
}

SEC("tc")
int total(struct __sk_buff *packet)
{
	struct sum sum = {};

	rounds = bpf_loop(256, add, &sum, 0); // the verifier looks at add once, not 256 times
	return sum.total;
}
// endregion

char licence[] SEC("license") = "GPL";
