#include "bpf.h"
MAP(values, HASH, u32, u64, 4, 1 << 10);
SEC("tc") int f(void *c) { return 0; }
LICENCE("GPL");
