#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} next SEC(".maps");

// region end
SEC("xdp")
int start(struct xdp_md *context)
{
	bpf_tail_call(context, &next, 0);
	__builtin_unreachable(); // but it is reached where there is no next program
}
// endregion

char licence[] SEC("license") = "GPL";
