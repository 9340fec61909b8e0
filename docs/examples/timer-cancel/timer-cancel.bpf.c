#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define CLOCK_MONOTONIC 1

const volatile __u64 delay;
__u32 alarms;
int result;

struct watch {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct watch);
} watches SEC(".maps");

// region timer
static int alarm(void *map, __u32 *key, struct watch *watch)
{
	alarms++;
	return 0;
}

SEC("tc")
int begin(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct watch *watch = bpf_map_lookup_elem(&watches, &key);

	if (!watch)
		return -1;
	bpf_timer_init(&watch->timer, &watches, CLOCK_MONOTONIC); // -EBUSY when that was done before
	bpf_timer_set_callback(&watch->timer, alarm);
	return bpf_timer_start(&watch->timer, delay, 0);
}

SEC("tc")
int end(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct watch *watch = bpf_map_lookup_elem(&watches, &key);

	if (!watch)
		return -1;
	result = bpf_timer_cancel(&watch->timer); // 1 if it was going to fire, 0 if not
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
