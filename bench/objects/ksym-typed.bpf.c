#include "bpf.h"
extern const int bpf_prog_active __ksym;
HELPER(154, const void *, this_cpu, const void *);
SEC("raw_tp/sched_switch") int f(void *c) { return *(int *)this_cpu(&bpf_prog_active); }
LICENCE("GPL");
