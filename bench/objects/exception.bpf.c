#include "bpf.h"
extern void bpf_throw(u64 cookie) __ksym;
SEC("tc") int f(void *c) { if (ktime() == 1) bpf_throw(0); return 0; }
LICENCE("GPL");
