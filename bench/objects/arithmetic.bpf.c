// levels: v1 v2 v3 v4
#include "bpf.h"
struct ctx { u32 data[8]; };
SEC("socket") int f(struct ctx *c)
{
	int a = c->data[2], b = c->data[4];
	short s = a;
	if ((u32)a < (u32)b)
		a += __builtin_bswap32(b);
#if __BPF_CPU_VERSION__ >= 4
	if (b > 3)
		a /= b;
#endif
	return a + s;
}
LICENCE("GPL");
