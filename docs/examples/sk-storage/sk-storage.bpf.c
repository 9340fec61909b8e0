#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC); // this type demands it; max_entries stays 0
	__type(key, int);
	__type(value, __u64);
} sent SEC(".maps");
// endregion

// region storage
SEC("cgroup_skb/egress")
int count(struct __sk_buff *packet)
{
	struct bpf_sock *socket = packet->sk;
	__u64 *bytes;

	if (!socket)
		return 1;
	socket = bpf_sk_fullsock(socket); // one that waits for its last packets has no storage
	if (!socket)
		return 1;
	bytes = bpf_sk_storage_get(&sent, socket, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (bytes)
		__sync_fetch_and_add(bytes, packet->len);
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
