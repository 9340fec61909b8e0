#include "bpf.h"
HELPER(174, u64, attach_cookie, void *);
SEC("fentry/tcp_v4_connect") int f(void *c) { return attach_cookie(c) & 1 ? 0 : 0; }
LICENCE("GPL");
