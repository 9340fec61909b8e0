/* Empty on purpose: libbpf's headers include it, but none of their declarations rest on it. */
#include <stddef.h>
