#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

// region callback
static long add(void *map, __u32 *key, __u64 *count, __u64 *sum) // for kernels before v5.13 nothing calls it
{
	*sum += *count;
	return 0;
}

SEC("xdp")
int total(struct xdp_md *context)
{
	__u64 sum = 0;

	bpf_for_each_map_elem(&counts, add, &sum, 0);
	return sum > 100 ? XDP_DROP : XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
