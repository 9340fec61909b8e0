// Programs and maps that kernels refuse.
#include "bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
} pinned SEC(".maps");

int held;

SEC("xdp")
int fine(struct xdp_md *context)
{
	__u32 key = 1;

	return bpf_map_lookup_elem(&pinned, &key) ? 1 : held;
}

SEC("xdp")
int beyond(struct xdp_md *context)
{
	return *(int *)(long)context->data;
}

SEC("xdp")
int endless(struct xdp_md *context)
{
	volatile int number = 1;

	while (number)
		;
	return 0;
}

SEC("xdp")
int at_length(struct xdp_md *context)
{
	volatile int sum = 0;

	for (int round = 0; round < 200; round++)
		sum += round;
	return sum;
}

SEC("fentry/do_no_such_thing")
int no_target(void *context)
{
	return 0;
}

struct no_such_struct {
	int no_such_member;
} __attribute__((preserve_access_index));

SEC("raw_tp/sys_enter")
int no_field(struct no_such_struct *context)
{
	struct no_such_struct *wrong = (void *)bpf_get_current_task();

	return wrong ? wrong->no_such_member : 0;
}

SEC("raw_tp/sys_enter")
int a_name_of_more_than_fifteen_characters(void *context)
{
	return 0;
}

char licence[] SEC("license") = "GPL";
