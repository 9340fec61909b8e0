#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOST 16

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} stacks SEC(".maps");

__u64 stack[MOST];

// region output
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	long size = bpf_get_stack(context, stack, sizeof(stack), 0); // an errno below zero, if it fails

	bpf_ringbuf_output(&stacks, stack, size, 0);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
