#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

__u32 lost;

// region reserve
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	__u64 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		lost++;
		return 0;
	}
	*event = bpf_get_current_pid_tgid();
	bpf_ringbuf_submit(event, 0);
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
}
// endregion

char licence[] SEC("license") = "GPL";
