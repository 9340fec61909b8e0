#include "bpf.h"
struct { __uint(type, PROG_ARRAY); __uint(key_size, 4); __uint(value_size, 4); __uint(max_entries, 2); } jumps SEC(".maps");
static __noinline int inner(void *c) { tail_call(c, &jumps, 1); return 1; }
SEC("tc") int f(void *c) { return inner(c); }
LICENCE("GPL");
