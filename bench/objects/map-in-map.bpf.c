#include "bpf.h"
struct inner { __uint(type, ARRAY); __type(key, u32); __type(value, u64); __uint(max_entries, 1); } one SEC(".maps");
struct { __uint(type, ARRAY_OF_MAPS); __uint(key_size, 4); __uint(max_entries, 2); __array(values, struct inner); } outer
	SEC(".maps") = { .values = { [0] = &one } };
SEC("tc") int f(void *c) { u32 zero = 0; void *m = map_lookup(&outer, &zero); return m && map_lookup(m, &zero); }
LICENCE("GPL");
