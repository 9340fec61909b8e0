#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct limit {
	__u32 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct limit);
} limits SEC(".maps");

__u32 exceeded; // lies in another map, .bss, which the program may write

// region write
SEC("tc")
int police(struct __sk_buff *packet)
{
	__u32 zero = 0;
	struct limit *limit = bpf_map_lookup_elem(&limits, &zero);

	if (!limit || packet->len <= limit->bytes)
		return 0;
	exceeded++;
	return 2; // TC_ACT_SHOT
}
// endregion

char licence[] SEC("license") = "GPL";
