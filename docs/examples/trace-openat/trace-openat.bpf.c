#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct event {
	__u32 pid;
	__s32 result;
	char path[64];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16); // bytes: a power of two, and whole pages
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);   // the thread: it is in one system call at a time
	__type(value, __u64); // the address of the path, in its memory
} started SEC(".maps");

const volatile __u32 watched;
const struct event *unused; // brings the type into the object's BTF

SEC("tracepoint/syscalls/sys_enter_openat")
int on_enter(struct trace_event_raw_sys_enter *context)
{
	__u64 id = bpf_get_current_pid_tgid(), path = context->args[1];
	__u32 thread = id;

	if (id >> 32 == watched)
		bpf_map_update_elem(&started, &thread, &path, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int on_exit(struct trace_event_raw_sys_exit *context)
{
	__u64 id = bpf_get_current_pid_tgid(), *path;
	__u32 thread = id;
	struct event *event;

	path = bpf_map_lookup_elem(&started, &thread);
	if (!path)
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) { // else there is no room: the reader is too slow
		event->pid = id >> 32;
		event->result = context->ret;
		// The kernel has read the path by now, so its page is in memory.
		bpf_probe_read_user_str(event->path, sizeof(event->path), (void *)*path);
		bpf_ringbuf_submit(event, 0);
	}
	bpf_map_delete_elem(&started, &thread);
	return 0;
}

char licence[] SEC("license") = "GPL";
