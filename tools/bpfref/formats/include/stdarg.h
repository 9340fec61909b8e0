/* The type alone: no function that is read takes its arguments apart. */
#ifndef BPFREF_STDARG_H
#define BPFREF_STDARG_H

typedef __builtin_va_list va_list;

#endif
