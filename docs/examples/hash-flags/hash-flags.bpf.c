#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

// region flags
static int set(__u32 key, __u64 value, __u64 flags)
{
	return bpf_map_update_elem(&table, &key, &value, flags);
}

int results[4]; // of 32 bits: v5.10 gives no sign to the upper half of a long

SEC("xdp")
int flags(struct xdp_md *context)
{
	results[0] = set(1, 10, BPF_EXIST);   // -ENOENT: there is none yet
	results[1] = set(1, 11, BPF_NOEXIST); // 0
	results[2] = set(1, 12, BPF_NOEXIST); // -EEXIST: there is one now
	results[3] = set(1, 13, BPF_EXIST);   // 0
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
