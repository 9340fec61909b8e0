#include "bpf.h"
struct { __uint(type, BLOOM); __type(value, u32); __uint(max_entries, 64); } seen SEC(".maps");
SEC("tc") int f(void *c) { return 0; }
LICENCE("GPL");
