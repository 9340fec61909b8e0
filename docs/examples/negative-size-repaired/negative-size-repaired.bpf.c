#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOST 16

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} stacks SEC(".maps");

__u64 stack[MOST];
__u64 waiting;

// region output
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	long size = bpf_get_stack(context, stack, sizeof(stack), 0);

	if (size > 0) // from here on 1 to 128, for the verifier too
		bpf_ringbuf_output(&stacks, stack, size, 0);
	waiting = bpf_ringbuf_query(&stacks, BPF_RB_AVAIL_DATA);
	return waiting > 8; // a header of 8 bytes, and at least one address
}
// endregion

char licence[] SEC("license") = "GPL";
