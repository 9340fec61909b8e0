// Compiled once for each line of hooks.txt.
#include "bpf.h"
SEC(SECTION) int f(void *c) { return RESULT; }
LICENCE(TERMS);
