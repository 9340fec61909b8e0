#include "bpf.h"
extern int CONFIG_NO_SUCH_THING __kconfig __weak;
SEC("socket") int f(void *c) { return CONFIG_NO_SUCH_THING; }
LICENCE("GPL");
