#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
} lengths SEC(".maps");

// region record
SEC("tc")
int log_length(struct __sk_buff *packet)
{
	__u32 *length = bpf_ringbuf_reserve(&lengths, sizeof(*length), 0);

	if (!length)
		return 0;
	*length = packet->len;
	if (packet->len > 100)
		bpf_ringbuf_submit(length, 0);
	else
		bpf_ringbuf_discard(length, 0);
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
