#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1

// region timer
struct session {
	struct bpf_timer timer;
	__u32 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct session);
} sessions SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} settings SEC(".maps");

SEC("tc")
int track(struct __sk_buff *packet)
{
	__u32 key = packet->len;
	struct session *session = bpf_map_lookup_elem(&sessions, &key);

	if (!session)
		return -1;
	return bpf_timer_init(&session->timer, &settings, CLOCK_MONOTONIC); // the timer is in sessions
}
// endregion

char licence[] SEC("license") = "GPL";
