#include "bpf.h"
HELPER(122, u64, netns_cookie, void *);
SEC("tc") int f(void *c) { return netns_cookie(c) & 1; }
LICENCE("GPL");
