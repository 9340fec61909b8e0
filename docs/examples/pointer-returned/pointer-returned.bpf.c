#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

// region return
SEC("socket")
int filter(struct __sk_buff *packet)
{
	__u32 zero = 0;
	__u64 *counter = bpf_map_lookup_elem(&packets, &zero);

	if (counter)
		*counter += 1;
	return (long)counter; // a pointer: the lower half of an address of the kernel
}
// endregion

char licence[] SEC("license") = "GPL";
