#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region count
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

SEC("raw_tp/sys_exit")
int on_exit(struct bpf_raw_tracepoint_args *context)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&calls, &key);

	if (count)
		++*count; // each CPU has its own
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
