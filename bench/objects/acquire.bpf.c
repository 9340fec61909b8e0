// levels: v4
#include "bpf.h"
u64 count;
SEC("socket") int f(void *c) { return __atomic_load_n(&count, __ATOMIC_ACQUIRE); }
LICENCE("GPL");
