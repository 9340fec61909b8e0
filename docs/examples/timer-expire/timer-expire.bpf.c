#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1

const volatile __u64 lifetime;

// region timer
struct session {
	struct bpf_timer timer;
	__u32 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct session);
} sessions SEC(".maps");

static int expire(void *map, __u32 *key, struct session *session)
{
	bpf_map_delete_elem(map, key); // frees the timer too, which is allowed here
	return 0;
}

SEC("tc")
int track(struct __sk_buff *packet)
{
	struct session *session, none = {};
	__u32 key = packet->len;

	session = bpf_map_lookup_elem(&sessions, &key);
	if (!session) {
		bpf_map_update_elem(&sessions, &key, &none, BPF_NOEXIST);
		session = bpf_map_lookup_elem(&sessions, &key);
		if (!session)
			return 0;
		if (!bpf_timer_init(&session->timer, &sessions, CLOCK_MONOTONIC))
			bpf_timer_set_callback(&session->timer, expire);
	}
	__sync_fetch_and_add(&session->packets, 1);
	bpf_timer_start(&session->timer, lifetime, 0); // begins anew with each packet
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
