#include "bpf.h"
extern int bpf_no_such_function(void) __ksym __weak;
SEC("tp_btf/sched_switch") int f(void *c) { return bpf_no_such_function ? bpf_no_such_function() : 0; }
LICENCE("GPL");
