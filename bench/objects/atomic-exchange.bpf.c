// levels: v3
#include "bpf.h"
u64 count;
SEC("socket") int f(void *c) { return __sync_lock_test_and_set(&count, 1) + __sync_fetch_and_or(&count, 2); }
LICENCE("GPL");
