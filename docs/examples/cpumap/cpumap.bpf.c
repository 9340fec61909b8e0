#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 2);
	__type(key, __u32);                   // a CPU
	__type(value, struct bpf_cpumap_val); // how many packets may wait for it, and a program for them
} cpus SEC(".maps");
// endregion

__u64 arrived;

// region spread
SEC("xdp")
int spread(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *head = (void *)(long)context->data;

	if ((void *)(head + 1) > end)
		return XDP_DROP;
	return bpf_redirect_map(&cpus, head->h_source[5] & 1, XDP_DROP); // one sender's packets stay in order
}

SEC("xdp/cpumap")
int work(struct xdp_md *context)
{
	if (bpf_get_smp_processor_id() == 0)
		arrived++; // by the thread of CPU 0 alone: no atomic operation
	return XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
