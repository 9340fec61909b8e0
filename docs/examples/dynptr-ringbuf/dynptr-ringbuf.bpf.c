#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define HEADER 14 // of Ethernet
#define MOST 128

// region record
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} packets SEC(".maps");

SEC("tc")
int copy(struct __sk_buff *packet)
{
	__u32 length = packet->len;
	struct bpf_dynptr record;
	char start[MOST] = {}; // all of it set: v6.1 looks at what a shorter packet leaves as it was

	if (length > MOST)
		length = MOST;
	if (length < HEADER || bpf_skb_load_bytes(packet, 0, start, length))
		return 0; // a lower bound too: the helper's size may not be zero
	// bpf_ringbuf_reserve takes a constant size alone, this helper any.
	if (!bpf_ringbuf_reserve_dynptr(&packets, length, 0, &record))
		bpf_dynptr_write(&record, 0, start, length, 0);
	bpf_ringbuf_submit_dynptr(&record, 0); // also where there was no room: the verifier insists
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
