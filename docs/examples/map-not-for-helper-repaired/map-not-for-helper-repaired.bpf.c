#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

int result = 1;

// region output
SEC("xdp")
int tell(struct xdp_md *context)
{
	__u32 length = context->data_end - context->data;

	result = bpf_ringbuf_output(&events, &length, sizeof(length), 0);
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
