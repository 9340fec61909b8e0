#include "bpf.h"
SEC("socket") int f(void *c)
{
	u64 sum = 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < 20; i++) {
		sum += i;
		asm volatile("" : "+r"(sum));
	}
	return sum;
}
LICENCE("GPL");
