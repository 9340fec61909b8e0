#include "bpf.h"
HELPER(156, void *, storage_get, void *, void *, void *, u64);
struct { __uint(type, TASK_STORAGE); __uint(map_flags, 1); __type(key, int); __type(value, u64); } tasks SEC(".maps");
SEC("tp_btf/sched_switch") int f(void *c) { storage_get(&tasks, task_btf(), (void *)0, 1); return 0; }
LICENCE("GPL");
