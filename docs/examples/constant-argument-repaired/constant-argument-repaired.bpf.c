#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define HEADER 14 // of Ethernet

struct record {
	__u32 length;
	__u8 header[HEADER];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
} packets SEC(".maps");

// region record
SEC("tc")
int copy(struct __sk_buff *packet)
{
	struct record *record;

	record = bpf_ringbuf_reserve(&packets, sizeof(*record), 0);
	if (!record)
		return -1;
	record->length = packet->len;
	if (bpf_skb_load_bytes(packet, 0, record->header, sizeof(record->header)))
		bpf_ringbuf_discard(record, 0);
	else
		bpf_ringbuf_submit(record, 0);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
