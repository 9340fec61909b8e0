#include "bpf.h"
HELPER(182, long, strncmp, const char *, u32, const char *);
const char word[4] = "abc";
SEC("tc") int f(void *c) { char t[4] = "xyz"; return strncmp(t, 4, word); }
LICENCE("GPL");
