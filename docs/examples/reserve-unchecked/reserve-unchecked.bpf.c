#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

// region reserve
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	*event = bpf_get_current_pid_tgid(); // event is NULL when the buffer is full
	bpf_ringbuf_submit(event, 0);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
