#include "bpf.h"
HELPER(209, long, drain, void *, void *, void *, u64);
struct { __uint(type, USER_RINGBUF); __uint(max_entries, 4096); } samples SEC(".maps");
static long each(void *dynptr, void *c) { return 0; }
SEC("tp/syscalls/sys_enter_getpid") int f(void *c) { return drain(&samples, each, (void *)0, 0); }
LICENCE("GPL");
