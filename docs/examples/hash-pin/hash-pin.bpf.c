#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__uint(pinning, LIBBPF_PIN_BY_NAME); // below the folder for pins: by default /sys/fs/bpf
	__type(key, __u32);
	__type(value, __u64);
} totals SEC(".maps");
// endregion

SEC("tc")
int count(struct __sk_buff *packet)
{
	__u32 protocol = packet->protocol;
	__u64 one = 1, *total = bpf_map_lookup_elem(&totals, &protocol);

	if (total)
		__sync_fetch_and_add(total, 1);
	else
		bpf_map_update_elem(&totals, &protocol, &one, BPF_NOEXIST);
	return 0;
}

char licence[] SEC("license") = "GPL";
