#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 watched;
__u64 longest;

// region measure
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} began SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_clock_nanosleep")
int enter(void *context)
{
	__u64 id = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();
	__u32 thread = id; // of a process, several threads may sleep at a time

	if (id >> 32 == watched)
		bpf_map_update_elem(&began, &thread, &now, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_clock_nanosleep")
int leave(void *context)
{
	__u32 thread = bpf_get_current_pid_tgid();
	__u64 *start = bpf_map_lookup_elem(&began, &thread), took;

	if (!start)
		return 0; // it began before we came
	took = bpf_ktime_get_ns() - *start;
	if (took > longest)
		longest = took;
	bpf_map_delete_elem(&began, &thread);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
