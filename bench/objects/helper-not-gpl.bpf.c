#include "bpf.h"
SEC("xdp") int f(void *c) { char t[] = "x"; return trace_printk(t, sizeof(t)); }
LICENCE("MIT");
