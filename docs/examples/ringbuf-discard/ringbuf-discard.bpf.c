#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u32 size, kind;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

const struct event *unused; // brings the type into the object's BTF

// region program
SEC("tc")
int report(struct __sk_buff *packet)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event)
		return -1;
	event->size = packet->len;
	// What is reserved has to be given back in any case, by one of these two.
	if (bpf_skb_load_bytes(packet, 14, &event->kind, sizeof(event->kind))) {
		bpf_ringbuf_discard(event, 0);
		return 0;
	}
	bpf_ringbuf_submit(event, 0);
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
