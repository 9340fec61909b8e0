#include "bpf.h"
struct bpf_timer { u64 opaque[2]; } __attribute__((aligned(8)));
struct value { struct bpf_timer timer; };
HELPER(169, long, timer_init, void *, void *, u64);
MAP(values, ARRAY, u32, struct value, 1, 0);
SEC("kprobe/x") int f(void *c)
{
	u32 zero = 0;
	struct value *v = map_lookup(&values, &zero);
	return v ? timer_init(&v->timer, &values, 0) : 0;
}
LICENCE("GPL");
