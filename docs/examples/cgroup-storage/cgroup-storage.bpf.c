#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region maps
struct traffic {
	__u64 packets, bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_STORAGE); // no max_entries: one for each group
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, struct traffic);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE);
	__type(key, struct bpf_cgroup_storage_key);
	__type(value, struct traffic);
} own SEC(".maps");
// endregion

// region program
SEC("cgroup_skb/egress")
int count(struct __sk_buff *packet)
{
	struct traffic *all = bpf_get_local_storage(&shared, 0); // never NULL
	struct traffic *here = bpf_get_local_storage(&own, 0);

	__sync_fetch_and_add(&all->packets, 1);
	__sync_fetch_and_add(&all->bytes, packet->len);
	here->packets++; // of this CPU
	here->bytes += packet->len;
	return 1; // let it pass
}
// endregion

char licence[] SEC("license") = "GPL";
