#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

// region output
SEC("syscall") // programs of this type are always sleepable
int tell(void *context)
{
	__u64 now = bpf_ktime_get_ns();

	return bpf_perf_event_output(context, &events, BPF_F_CURRENT_CPU, &now, sizeof(now));
}
// endregion

char licence[] SEC("license") = "GPL";
