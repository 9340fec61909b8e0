#include "bpf.h"
struct task_struct { u32 __state; } __core;
SEC("kprobe/x") int f(void *c)
{
	struct task_struct *t = current_task();
	u32 state = 0;
	probe_read_kernel(&state, sizeof(state), __builtin_preserve_access_index(&t->__state));
	return state;
}
LICENCE("GPL");
