#include "bpf.h"
struct { __uint(type, ARENA); __uint(map_flags, 1 << 10); __uint(max_entries, 10); } memory SEC(".maps");
SEC("syscall") int f(void *c) { return 0; }
LICENCE("GPL");
