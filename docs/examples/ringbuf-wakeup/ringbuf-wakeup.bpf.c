#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 14);
} lengths SEC(".maps");

const volatile __u64 batch = 1024; // bytes

// region wakeup
SEC("tc")
int record(struct __sk_buff *packet)
{
	__u64 waiting = bpf_ringbuf_query(&lengths, BPF_RB_AVAIL_DATA);
	__u32 *length = bpf_ringbuf_reserve(&lengths, sizeof(*length), 0);

	if (!length)
		return 0;
	*length = packet->len;
	// One interrupt for many events: the reader sleeps until enough have come.
	bpf_ringbuf_submit(length, waiting >= batch ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
