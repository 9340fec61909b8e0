// levels: v3 v4
#include "bpf.h"
MAP(values, ARRAY, u32, short, 1, 0);
SEC("socket") int f(void *c)
{
	u32 zero = 0;
	volatile short *v = map_lookup(&values, &zero);
	return v ? *v : 0;
}
LICENCE("GPL");
