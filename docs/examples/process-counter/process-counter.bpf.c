#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32); // the process
	__type(value, __u64);
} calls SEC(".maps");

__u64 lost; // processes that found the map full

SEC("tracepoint/syscalls/sys_enter_getppid")
int on_getppid(void *context)
{
	__u32 process = bpf_get_current_pid_tgid() >> 32;
	__u64 *count, zero = 0;

	count = bpf_map_lookup_elem(&calls, &process);
	if (!count) {
		// Another thread may have been faster: then its element stays.
		bpf_map_update_elem(&calls, &process, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&calls, &process);
	}
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

char licence[] SEC("license") = "GPL";
