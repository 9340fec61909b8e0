#include "bpf.h"
struct task_struct { u32 __state; } __core;
struct task_struct___old { long state; } __core;
SEC("kprobe/x") int f(void *c)
{
	struct task_struct *t = current_task();
	struct task_struct___old *o = (void *)t;
	u64 state = 0;
	if (__builtin_preserve_field_info(t->__state, 2))
		probe_read_kernel(&state, 4, __builtin_preserve_access_index(&t->__state));
	else
		probe_read_kernel(&state, 8, __builtin_preserve_access_index(&o->state));
	return state;
}
LICENCE("GPL");
