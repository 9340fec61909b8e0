#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} groups SEC(".maps");
// endregion

__u32 inside, outside, unset;

// region test
SEC("tracepoint/sched/sched_process_exec")
int on_exec(void *context)
{
	switch (bpf_current_task_under_cgroup(&groups, 0)) {
	case 0:
		outside++;
		break;
	case 1: // in the group, or in one below it
		inside++;
		break;
	default: // -EAGAIN: nothing is at 0
		unset++;
	}
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
