#include "bpf.h"
HELPER(181, long, loop, u32, void *, void *, u64);
static long each(u32 n, void *c) { return 0; }
SEC("tc") int f(void *c) { return loop(10, each, (void *)0, 0); }
LICENCE("GPL");
