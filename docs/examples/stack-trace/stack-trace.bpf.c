#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
#define DEPTH 32

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64[DEPTH]); // addresses, the innermost first
} stacks SEC(".maps");
// endregion

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32); // of a stack
	__type(value, __u64);
} counts SEC(".maps");

// region collect
SEC("tracepoint/sched/sched_process_exec")
int on_exec(void *context)
{
	__s32 stack = bpf_get_stackid(context, &stacks, 0);
	__u64 one = 1, *count;

	if (stack < 0)
		return 0; // -EEXIST: another stack has the same hash, and BPF_F_REUSE_STACKID would replace it
	count = bpf_map_lookup_elem(&counts, &stack);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&counts, &stack, &one, BPF_NOEXIST);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
