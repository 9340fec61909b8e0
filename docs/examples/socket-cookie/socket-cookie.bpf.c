#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64); // a socket's cookie
	__type(value, __u64);
} sent SEC(".maps");

// region program
SEC("cgroup_skb/egress")
int count(struct __sk_buff *packet)
{
	__u64 cookie = bpf_get_socket_cookie(packet), first = packet->len, *total;

	total = bpf_map_lookup_elem(&sent, &cookie);
	if (total)
		__sync_fetch_and_add(total, packet->len);
	else
		bpf_map_update_elem(&sent, &cookie, &first, BPF_NOEXIST);
	return 1; // let it pass
}
// endregion

char licence[] SEC("license") = "GPL";
