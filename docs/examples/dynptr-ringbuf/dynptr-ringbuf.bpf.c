#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOST 128

// region record
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 16);
} packets SEC(".maps");

SEC("tc")
int copy(struct __sk_buff *packet)
{
	__u32 whole = packet->len, length = whole;
	struct bpf_dynptr record;
	char start[MOST];

	if (length > MOST)
		length = MOST;
	if (!length || bpf_skb_load_bytes(packet, 0, start, length))
		return 0;
	// bpf_ringbuf_reserve takes a constant size alone, this helper any.
	if (!bpf_ringbuf_reserve_dynptr(&packets, sizeof(whole) + length, 0, &record)) {
		bpf_dynptr_write(&record, 0, &whole, sizeof(whole), 0);
		bpf_dynptr_write(&record, sizeof(whole), start, length, 0);
	}
	bpf_ringbuf_submit_dynptr(&record, 0); // also where there was no room: the verifier insists
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
