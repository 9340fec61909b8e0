#include "bpf.h"
struct task_struct { int pid; int tgid; } __core;
SEC("tp_btf/sched_switch") int f(void *c) { struct task_struct *t = task_btf(); return t->tgid == t->pid; }
LICENCE("GPL");
