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
	struct bpf_dynptr record, copy;
	__u32 length = packet->len;

	bpf_ringbuf_reserve_dynptr(&events, 64, 0, &record);
	copy = record; // reads the 16 bytes that only the kernel may know
	bpf_dynptr_write(&copy, 0, &length, sizeof(length), 0);
	bpf_ringbuf_submit_dynptr(&record, 0);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
