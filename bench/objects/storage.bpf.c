#include "bpf.h"
struct { __uint(type, TASK_STORAGE); __uint(map_flags, 1); __type(key, int); __type(value, u64); } tasks SEC(".maps");
struct { __uint(type, CGRP_STORAGE); __uint(map_flags, 1); __type(key, int); __type(value, u64); } groups SEC(".maps");
SEC("tc") int f(void *c) { return 0; }
LICENCE("GPL");
