#include "bpf.h"
struct bpf_dynptr { u64 opaque[2]; } __attribute__((aligned(8)));
HELPER(197, long, dynptr_from_mem, void *, u32, u64, struct bpf_dynptr *);
MAP(values, ARRAY, u32, u64, 1, 0);
SEC("tc") int f(void *c)
{
	u32 zero = 0;
	struct bpf_dynptr d;
	u64 *v = map_lookup(&values, &zero);
	if (v) dynptr_from_mem(v, 8, 0, &d);
	return 0;
}
LICENCE("GPL");
