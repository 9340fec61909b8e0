// A map of each kind that the oldest kernel has, and programs to run on them.
#include "bpf.h"

enum colour { RED = 1, BLUE = 7 };

struct value {
	__u32 number;
	__s16 below;
	char name[12];
	enum colour colour;
	__u8 mac[6];
	union {
		__u32 whole;
		__u8 part[4];
	};
	int narrow : 5;
	unsigned wide : 3;
	struct {
		__u64 a, b;
	} pair;
	_Bool flag;
};

struct event {
	__u32 pid;
	__u64 number;
};

#define MAP(label, kind, entries, k, v)               \
	struct {                                      \
		__uint(type, BPF_MAP_TYPE_##kind);    \
		__uint(max_entries, entries);         \
		__type(key, k);                       \
		__type(value, v);                     \
	} label SEC(".maps")

MAP(hash, HASH, 8, __u32, struct value);
MAP(lru, LRU_HASH, 64, __u64, __u64);
MAP(percpu_hash, PERCPU_HASH, 64, __u32, __u32);
MAP(percpu_array, PERCPU_ARRAY, 4, __u32, __u32);
MAP(counts, HASH, 4096, __u32, __u64);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

struct prefix {
	__u32 length;
	__u8 address[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 64);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix);
	__type(value, __u32);
} routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 3);
	__type(value, __u32);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, 3);
	__type(value, __u32);
} stack SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} jumps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} perf SEC(".maps");

const volatile int limit = 3;
const volatile int unused = 3;
const volatile enum colour colour = RED;
int counter = 5;
struct value shown;

// A type that no map and no variable has still gets into BTF by a pointer to it.
const struct event *event_type;

SEC("xdp")
int count(struct xdp_md *context)
{
	counter += limit;
	shown.number = colour;
	return limit;
}

SEC("xdp")
int jump(struct xdp_md *context)
{
	bpf_tail_call(context, &jumps, 1);
	return 100;
}

SEC("xdp")
int to_ring(struct xdp_md *context)
{
	struct event *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

	if (!event)
		return 1;
	event->pid = limit;
	event->number = counter++;
	bpf_ringbuf_submit(event, 0);
	return event_type != 0;
}

SEC("xdp")
int to_perf(struct xdp_md *context)
{
	struct event event = {.pid = limit, .number = counter++};

	return bpf_perf_event_output(context, &perf, 0xffffffffULL, &event, sizeof(event));
}

SEC("xdp")
int touch_percpu(struct xdp_md *context)
{
	__u32 key = 1;
	__u32 *value = bpf_map_lookup_elem(&percpu_array, &key);

	if (value)
		(*value)++;
	return 0;
}

SEC("tc")
int mark(struct __sk_buff *context)
{
	context->mark = context->mark + 1;
	return 7;
}

char licence[] SEC("license") = "GPL";
