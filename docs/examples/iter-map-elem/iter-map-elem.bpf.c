#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1000);
	__type(key, __u32);
	__type(value, __u64);
} totals SEC(".maps");

const volatile __u64 least;

// region iterator
struct pair {
	__u64 total;
	__u32 key;
};

SEC("iter/bpf_map_elem")
int large(struct bpf_iter__bpf_map_elem *context)
{
	__u32 *key = context->key;
	__u64 *total = context->value;
	struct pair pair = {};

	if (!key || !total) // the call after the last element
		return 0;
	if (*total < least)
		return 0;
	pair.key = *key;
	pair.total = *total;
	bpf_seq_write(context->meta->seq, &pair, sizeof(pair)); // bytes as they are, unlike bpf_seq_printf
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
