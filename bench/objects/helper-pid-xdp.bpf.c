#include "bpf.h"
SEC("xdp") int f(void *c) { return pid_tgid() ? 2 : 1; }
LICENCE("GPL");
