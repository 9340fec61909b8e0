#include "bpf.h"
static __noinline int inner(int x) { asm volatile("" : "+r"(x)); return x + 1; }
__noinline int outer(int x) { asm volatile("" : "+r"(x)); return inner(x) * 2; }
__hidden __noinline int hidden(int x) { asm volatile("" : "+r"(x)); return x; }
SEC("tc") int f(void *c) { return outer(3) + inner(2) + hidden(4); }
LICENCE("GPL");
