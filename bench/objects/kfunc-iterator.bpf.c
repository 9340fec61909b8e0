#include "bpf.h"
struct bpf_iter_num { u64 opaque[1]; } __attribute__((aligned(8)));
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;
SEC("tc") int f(void *c)
{
	struct bpf_iter_num it;
	int sum = 0, *v;
	bpf_iter_num_new(&it, 0, 5);
	while ((v = bpf_iter_num_next(&it))) sum += *v;
	bpf_iter_num_destroy(&it);
	return sum;
}
LICENCE("GPL");
