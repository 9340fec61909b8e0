#include "bpf.h"
struct { __uint(type, RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("tc") int f(void *c)
{
	u64 *e = ringbuf_reserve(&events, 8, 0);
	if (e) { *e = ktime(); ringbuf_submit(e, 0); }
	return 0;
}
LICENCE("GPL");
