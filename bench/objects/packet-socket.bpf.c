#include "bpf.h"
unsigned long long load_byte(void *skb, unsigned long long off) asm("llvm.bpf.load.byte");
SEC("socket") int f(void *c) { return load_byte(c, 12); }
LICENCE("GPL");
