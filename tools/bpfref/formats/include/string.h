/* Empty on purpose: only macros of libbpf's headers call what it declares. */
#include <stddef.h>
