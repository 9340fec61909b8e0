#include "bpf.h"
struct bpf_wq { u64 opaque[2]; } __attribute__((aligned(8)));
struct value { struct bpf_wq work; };
MAP(values, ARRAY, u32, struct value, 1, 0);
extern int bpf_wq_init(struct bpf_wq *wq, void *map, u32 flags) __ksym;
SEC("tc") int f(void *c)
{
	u32 zero = 0;
	struct value *v = map_lookup(&values, &zero);
	return v ? bpf_wq_init(&v->work, &values, 0) : 0;
}
LICENCE("GPL");
