#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define __arena __attribute__((address_space(1)))

// region map
struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE); // this type demands it
	__uint(max_entries, 16);           // pages
} arena SEC(".maps");

void __arena *bpf_arena_alloc_pages(void *map, void __arena *address, __u32 pages, int node, __u64 flags) __ksym;
// endregion

// region list
struct node {
	struct node __arena *next;
	__u64 value;
};

struct node __arena *head;
struct node __arena *spare;
__u32 used;
__u64 sum;

SEC("syscall")
int add(void *context)
{
	struct node __arena *node;

	if (!spare)
		spare = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); // one page, on any memory node
	if (!spare || used == 200)
		return 1;
	node = &spare[used++];
	node->value = used;
	node->next = head; // the pointer that is stored is user space's
	head = node;

	sum = 0;
	for (int i = 0; node && i < 200; i++) { // the verifier asks for no test of pointers
		sum += node->value;
		node = node->next;
	}
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
