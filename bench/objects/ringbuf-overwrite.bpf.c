#include "bpf.h"
struct { __uint(type, RINGBUF); __uint(max_entries, 4096); __uint(map_flags, 1 << 19); } events SEC(".maps");
SEC("tc") int f(void *c) { return 0; }
LICENCE("GPL");
