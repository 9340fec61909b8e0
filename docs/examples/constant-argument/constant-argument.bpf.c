#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define HEADER 14 // of Ethernet
#define MOST 256

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
} packets SEC(".maps");

// region record
SEC("tc")
int copy(struct __sk_buff *packet)
{
	__u32 length = packet->len;
	void *record;

	if (length < HEADER || length > MOST)
		return 0;
	record = bpf_ringbuf_reserve(&packets, length, 0); // from 14 to 256: bounded, and not constant
	if (!record)
		return -1;
	if (bpf_skb_load_bytes(packet, 0, record, HEADER))
		bpf_ringbuf_discard(record, 0);
	else
		bpf_ringbuf_submit(record, 0);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
