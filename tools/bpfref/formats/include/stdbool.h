/* A type, not a macro, so that declarations are spelled `bool`, as people write them. */
#ifndef BPFREF_STDBOOL_H
#define BPFREF_STDBOOL_H

typedef _Bool bool;

#endif
