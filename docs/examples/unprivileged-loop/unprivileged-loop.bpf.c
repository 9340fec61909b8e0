#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region loop
SEC("socket")
int mix(struct __sk_buff *packet)
{
	__u32 mixed = packet->len;

#pragma clang loop unroll(disable)
	for (int i = 0; i < 5; i++)
		mixed = mixed * 31 ^ i;
	return mixed;
}
// endregion

char licence[] SEC("license") = "GPL";
