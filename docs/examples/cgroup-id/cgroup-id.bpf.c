#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region count
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} starts SEC(".maps");

SEC("tracepoint/sched/sched_process_exec")
int on_exec(void *context)
{
	__u64 group = bpf_get_current_cgroup_id(), one = 1, *count;

	count = bpf_map_lookup_elem(&starts, &group);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&starts, &group, &one, BPF_NOEXIST);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
