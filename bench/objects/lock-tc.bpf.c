#include "bpf.h"
struct bpf_spin_lock { u32 val; };
struct value { struct bpf_spin_lock lock; u32 count; };
MAP(values, HASH, u32, struct value, 4, 0);
SEC("tc") int f(void *c)
{
	u32 zero = 0;
	struct value *v = map_lookup(&values, &zero);
	if (v) { spin_lock(&v->lock); v->count++; spin_unlock(&v->lock); }
	return 0;
}
LICENCE("GPL");
