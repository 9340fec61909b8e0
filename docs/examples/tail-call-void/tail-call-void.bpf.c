#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

// region call
static __noinline void go_on(struct xdp_md *context) // the next program would return here, with a number
{
	bpf_tail_call(context, &next, 0);
}

SEC("xdp")
int inspect(struct xdp_md *context)
{
	go_on(context);
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
