#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define __arena __attribute__((address_space(1)))

// region sum
struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 4); // pages
} arena SEC(".maps");

__u64 __arena *first; // set by user space, which maps the same pages

SEC("syscall")
int sum(void *context)
{
	__u64 __arena *number = first;

	return number[0] + number[1]; // nothing here says which arena
}
// endregion

char licence[] SEC("license") = "GPL";
