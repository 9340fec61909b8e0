#include "bpf.h"
extern int LINUX_KERNEL_VERSION __kconfig;
SEC("socket") int f(void *c) { return LINUX_KERNEL_VERSION; }
LICENCE("GPL");
