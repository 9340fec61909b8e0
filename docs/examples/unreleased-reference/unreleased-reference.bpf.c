#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u32 length;
	__u8 start[32];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
} events SEC(".maps");

// region record
SEC("tc")
int log_start(struct __sk_buff *packet)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return 0;
	event->length = packet->len;
	if (bpf_skb_load_bytes(packet, 0, event->start, sizeof(event->start)))
		return 0; // a packet that is too short: and the record?
	bpf_ringbuf_submit(event, 0);
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
