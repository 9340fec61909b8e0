#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); // as many elements as CPUs: libbpf counts them
	__type(key, __u32);
	__type(value, __u32);
} samples SEC(".maps");

struct sample {
	__u32 length;
	__u32 cpu;
};

// region output
SEC("xdp")
int sample(struct xdp_md *context)
{
	struct sample event = {
		.length = context->data_end - context->data,
		.cpu = bpf_get_smp_processor_id(),
	};
	__u64 flags = BPF_F_CURRENT_CPU | (16ULL << 32); // 16 bytes of the packet come behind the event

	bpf_perf_event_output(context, &samples, flags, &event, sizeof(event));
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
