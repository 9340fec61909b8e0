#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region maps
struct table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct table);
} indexed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct table);
} named SEC(".maps");
// endregion

// region program
SEC("tc")
int read_second(struct __sk_buff *packet)
{
	__u32 second = 1, first = 0, *value;
	void *table = bpf_map_lookup_elem(&indexed, &second);

	if (!table)
		return -1;
	value = bpf_map_lookup_elem(table, &first);
	return value ? *value : -1;
}
// endregion

char licence[] SEC("license") = "GPL";
