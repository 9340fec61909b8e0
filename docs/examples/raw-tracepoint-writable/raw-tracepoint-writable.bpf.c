#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define EACCES 13

__u32 seen;

// region program
SEC("raw_tp.w/bpf_test_finish")
int change_result(struct bpf_raw_tracepoint_args *context)
{
	int *result = (int *)context->args[0]; // what the tracepoint lets a program write to

	seen++;
	if (*result == 0)
		*result = -EACCES;
	return 0;
}
// endregion

SEC("socket")
int any(struct __sk_buff *packet)
{
	return 0;
}

char licence[] SEC("license") = "GPL";
