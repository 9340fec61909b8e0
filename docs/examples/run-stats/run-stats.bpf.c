#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} version SEC(".maps"); // no program uses it

SEC("xdp")
int pass(struct xdp_md *context)
{
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
