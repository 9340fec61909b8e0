// levels: v3
#include "bpf.h"
SEC("socket") int f(void *c)
{
	int sum = 0;
	for (;;) {
		asm volatile goto("may_goto %l[out]" : : : : out);
		sum++;
		asm volatile("" : "+r"(sum));
	}
out:
	return sum;
}
LICENCE("GPL");
