#include "bpf.h"
SEC("fentry/tcp_v4_connect") int f(void *c) { u64 x = 0; copy_from_user(&x, 8, (void *)0); return 0; }
LICENCE("GPL");
