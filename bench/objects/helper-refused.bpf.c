#include "bpf.h"
SEC("xdp") int f(void *c) { u64 x = 0; probe_read_kernel(&x, 8, c); return x; }
LICENCE("GPL");
