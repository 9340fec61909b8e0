#include "bpf.h"
extern int bpf_no_such_function(void) __ksym;
SEC("tp_btf/sched_switch") int f(void *c) { return bpf_no_such_function(); }
LICENCE("GPL");
