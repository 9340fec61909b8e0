#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

int result;

// region output
SEC("xdp")
int tell(struct xdp_md *context)
{
	__u32 length = context->data_end - context->data;

	result = bpf_ringbuf_output(&events, &length, sizeof(length), 0); // the map has not changed with the call
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
