// Maps that the oldest kernel does not have.
#include "bpf.h"

struct event {
	__u32 pid;
	__u64 number;
};

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__uint(max_entries, 100);
	__uint(map_extra, 3);
	__type(value, __u32);
} bloom SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} commands SEC(".maps");

long sum;
struct event last;

static long take(struct bpf_dynptr *sample, void *context)
{
	struct event event;

	if (bpf_dynptr_read(&event, sizeof(event), sample, 0, 0))
		return 1;
	sum += event.number;
	last = event;
	return 0;
}

SEC("raw_tp/sys_enter")
int drain(void *context)
{
	return bpf_user_ringbuf_drain(&commands, take, 0, 0);
}

char licence[] SEC("license") = "GPL";
