#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32); // an item
	__type(value, __u64);
} orders SEC(".maps");

struct order {
	__u32 item;
};

SEC("syscall")
int order(struct order *order)
{
	__u32 item = order->item;
	__u64 one = 1, *count = bpf_map_lookup_elem(&orders, &item);

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&orders, &item, &one, BPF_NOEXIST);
	return 0;
}

// region cancel
SEC("syscall")
int cancel(struct order *order)
{
	__u32 item = order->item;

	return bpf_map_delete_elem(&orders, &item) ? 1 : 0; // -ENOENT: it was not there
}
// endregion

char licence[] SEC("license") = "GPL";
