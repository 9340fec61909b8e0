/* What libbpf's headers need of it, for parsing them away from any C library. */
#ifndef BPFREF_SYS_TYPES_H
#define BPFREF_SYS_TYPES_H

#include <stddef.h>

typedef int pid_t;

#endif
