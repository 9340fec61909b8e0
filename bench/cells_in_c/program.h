/* What each program of cells.py begins with. */
#include <linux/bpf.h>
#include "bpf_helper_defs.h"
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, value) typeof(value) *name
#define __array(name, value) typeof(value) *name[]
typedef __u8 u8; typedef __u16 u16; typedef __u32 u32; typedef __u64 u64;
typedef __s8 s8; typedef __s16 s16; typedef __s32 s32; typedef __s64 s64;
typedef unsigned long size_t; typedef long ssize_t; typedef _Bool bool; typedef unsigned int gfp_t;
char licence[] SEC("license") = "GPL";
struct value { __u64 first; __u64 second; };
