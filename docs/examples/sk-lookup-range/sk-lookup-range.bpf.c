#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} servers SEC(".maps");

// region program
SEC("sk_lookup")
int steer(struct bpf_sk_lookup *lookup)
{
	struct bpf_sock *server;
	__u32 key = 0;
	long failed;

	if (lookup->local_port < 7000 || lookup->local_port > 7999)
		return SK_PASS; // the usual lookup goes on
	server = bpf_map_lookup_elem(&servers, &key);
	if (!server)
		return SK_DROP;
	failed = bpf_sk_assign(lookup, server, 0);
	bpf_sk_release(server); // the lookup in the map took a reference
	return failed ? SK_DROP : SK_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
