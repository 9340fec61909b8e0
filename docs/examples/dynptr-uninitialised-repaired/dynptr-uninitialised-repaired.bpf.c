#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
} starts SEC(".maps");

// region record
SEC("tc")
int copy(struct __sk_buff *packet)
{
	__u32 length = packet->len, mark = packet->mark;
	struct bpf_dynptr record;

	bpf_ringbuf_reserve_dynptr(&starts, 8, 0, &record);
	bpf_dynptr_write(&record, 0, &length, sizeof(length), 0);
	bpf_dynptr_write(&record, 4, &mark, sizeof(mark), 0);
	bpf_ringbuf_submit_dynptr(&record, 0);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
