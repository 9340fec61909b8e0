#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

extern void bpf_throw(__u64 cookie) __ksym;

// region throw
static long check(__u64 round, __u32 *length)
{
	if (*length >> round == 1000)
		bpf_throw(TC_ACT_SHOT); // bpf_loop stands between this function and the program
	return 0;
}

SEC("tc")
int inspect(struct __sk_buff *packet)
{
	__u32 length = packet->len;

	bpf_loop(4, check, &length, 0);
	return TC_ACT_OK;
}
// endregion

char licence[] SEC("license") = "GPL";
