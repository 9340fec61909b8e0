#include "bpf.h"
MAP(values, ARRAY, u32, u64, 4, 1);
SEC("tc") int f(void *c) { return 0; }
LICENCE("GPL");
