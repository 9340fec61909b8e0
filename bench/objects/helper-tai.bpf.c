#include "bpf.h"
HELPER(208, u64, tai, void);
SEC("tc") int f(void *c) { return tai() & 1; }
LICENCE("GPL");
