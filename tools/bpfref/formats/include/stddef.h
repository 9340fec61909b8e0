/* What libbpf's headers need of it, for parsing them away from any C library. */
#ifndef BPFREF_STDDEF_H
#define BPFREF_STDDEF_H

typedef __SIZE_TYPE__ size_t;

#endif
