#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

// region output
SEC("syscall")
int tell(void *context)
{
	__u64 now = bpf_ktime_get_ns();

	return bpf_ringbuf_output(&events, &now, sizeof(now), 0);
}
// endregion

char licence[] SEC("license") = "GPL";
