#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

// region copy
SEC("tc")
int note(struct __sk_buff *packet)
{
	__u32 length = packet->len;
	struct bpf_dynptr record;

	bpf_ringbuf_reserve_dynptr(&events, 64, 0, &record);
	bpf_dynptr_write(&record, 0, &length, sizeof(length), 0); // by its address, wherever it is needed
	bpf_ringbuf_submit_dynptr(&record, 0);
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
}
// endregion

char licence[] SEC("license") = "GPL";
