#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u32 pid;
	char name[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, char[16]);
	__type(value, __u64);
} runs SEC(".maps");

const volatile __u32 ignored;
const struct event *unused; // brings the type into the object's BTF

SEC("tracepoint/sched/sched_process_exec")
int on_exec(void *context)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 one = 1, *count;
	struct event *event;
	char name[16] = {}; // v6.1 leaves what is behind the name as it was

	if (pid == ignored)
		return 0;
	bpf_get_current_comm(name, sizeof(name));
	count = bpf_map_lookup_elem(&runs, name);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&runs, name, &one, BPF_ANY);

	// region event
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0; // no room: the reader is too slow
	event->pid = pid;
	__builtin_memcpy(event->name, name, sizeof(name));
	bpf_ringbuf_submit(event, 0);
	// endregion
	return 0;
}

char licence[] SEC("license") = "GPL";
