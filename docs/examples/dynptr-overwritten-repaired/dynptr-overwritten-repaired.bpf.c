#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
} records SEC(".maps");

// region record
SEC("tc")
int reserve(struct __sk_buff *packet)
{
	struct bpf_dynptr record;
	long missing;

	missing = bpf_ringbuf_reserve_dynptr(&records, packet->len, 0, &record);
	if (missing) { // no room: perhaps for less
		bpf_ringbuf_discard_dynptr(&record, 0);
		missing = bpf_ringbuf_reserve_dynptr(&records, 16, 0, &record);
	}
	bpf_ringbuf_submit_dynptr(&record, 0);
	return missing != 0;
}
// endregion

char licence[] SEC("license") = "GPL";
