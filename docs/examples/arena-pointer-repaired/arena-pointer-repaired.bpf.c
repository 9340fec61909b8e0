#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define __arena __attribute__((address_space(1)))

// region sum
struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4); // pages
} arena SEC(".maps");

void __arena *bpf_arena_alloc_pages(void *map, void __arena *address, __u32 pages, int node, __u64 flags) __ksym;

__u64 __arena *first;

SEC("syscall")
int sum(void *context)
{
	__u64 __arena *number;

	if (!first)
		first = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); // names the map
	number = first;
	if (!number)
		return -1;
	number[0] = 40;
	number[1] = 2;
	return number[0] + number[1];
}
// endregion

char licence[] SEC("license") = "GPL";
