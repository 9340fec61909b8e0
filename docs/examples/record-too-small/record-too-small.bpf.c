#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u32 process;
	char name[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

// region record
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	event->process = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->name, 16); // the name of a thread has 16 bytes, the record 8 for it
	bpf_ringbuf_submit(event, 0);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
