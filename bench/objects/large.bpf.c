#include "bpf.h"
#define A asm volatile("r0 = 1" : : : "r0");
#define B A A A A A A A A
#define C B B B B B B B B
#define D C C C C C C C C
SEC("socket") int f(void *c) { D D D D D D D D D return 0; }
LICENCE("GPL");
