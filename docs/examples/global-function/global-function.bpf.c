#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region functions
#define SIZE 16

__u32 squares[SIZE] = { 0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, 225 };

// Checked once for each call, with what the caller knows: no test of the index is needed.
static __noinline __u32 square_of_known(__u32 index)
{
	return squares[index];
}

// Checked once for all calls, with any argument: it has to test for itself.
__noinline int square_of_any(__u32 index)
{
	if (index >= SIZE)
		return -1;
	return squares[index];
}

SEC("tc")
int both(struct __sk_buff *packet)
{
	return square_of_known(packet->len & (SIZE - 1)) * 1000 + square_of_any(packet->len - 60);
}
// endregion

char licence[] SEC("license") = "GPL";
