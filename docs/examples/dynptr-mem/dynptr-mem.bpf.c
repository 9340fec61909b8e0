#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region read
struct packed {
	__u32 numbers[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct packed);
} tables SEC(".maps");

SEC("tc")
int read_at(struct __sk_buff *packet)
{
	__u32 key = 0, number = 0, offset = packet->len; // no bound that the verifier knows
	struct packed *table = bpf_map_lookup_elem(&tables, &key);
	struct bpf_dynptr memory;

	if (!table)
		return -1;
	table->numbers[5] = 1234;
	bpf_dynptr_from_mem(table, sizeof(*table), 0, &memory);
	// The kernel compares with the size when it runs, and answers -E2BIG.
	if (bpf_dynptr_read(&number, sizeof(number), &memory, offset, 0))
		return -1;
	return number;
}
// endregion

char licence[] SEC("license") = "GPL";
