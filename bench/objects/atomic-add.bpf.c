#include "bpf.h"
u64 count;
SEC("socket") int f(void *c) { __sync_fetch_and_add(&count, 1); return 0; }
LICENCE("GPL");
