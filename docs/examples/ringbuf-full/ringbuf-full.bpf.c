#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); // bytes: a power of two, and whole pages
} copies SEC(".maps");

__u64 dropped, bytes_waiting, bytes_in_all;

// region output
SEC("tc")
int copy(struct __sk_buff *packet)
{
	char head[400] = {};

	bpf_skb_load_bytes(packet, 0, head, 64);
	if (bpf_ringbuf_output(&copies, head, sizeof(head), 0))
		dropped++; // -EAGAIN: nobody has read for too long
	bytes_waiting = bpf_ringbuf_query(&copies, BPF_RB_AVAIL_DATA);
	bytes_in_all = bpf_ringbuf_query(&copies, BPF_RB_RING_SIZE);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
