#include "bpf.h"
HELPER(164, long, for_each, void *, void *, void *, u64);
MAP(values, ARRAY, u32, u64, 4, 0);
static long each(void *map, u32 *key, u64 *value, void *c) { return 0; }
SEC("tc") int f(void *c) { return for_each(&values, each, (void *)0, 0); }
LICENCE("GPL");
