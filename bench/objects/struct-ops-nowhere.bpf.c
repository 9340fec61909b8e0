#include "bpf.h"
struct no_such_ops { u32 (*call)(void *c); };
SEC("struct_ops/call") u32 call(void *c) { return 2; }
SEC(".struct_ops") struct no_such_ops ours = { (void *)call };
LICENCE("GPL");
