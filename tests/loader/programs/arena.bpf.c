// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define __arena __attribute__((address_space(1)))

/* The prototype of v6.12's BTF does not say that the pages are an arena's. */
void __arena *bpf_arena_alloc_pages(void *map, void __arena *addr, __u32 count, int node, __u64 flags) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 10);
} arena SEC(".maps");

struct link {
	struct link __arena *next;
	u64 value;
};

struct link __arena *head;

SEC("syscall")
int fill(void *ctx)
{
	struct link __arena *first = bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0);

	if (!first)
		return 1;
	first->next = head;
	first->value = 7;
	head = first;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
