/* What the programs of this folder need, and no more: they are compiled without libbpf's and the kernel's headers. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int(*name)[value]
#define __type(name, value) typeof(value) *name
#define __array(name, value) typeof(value) *name[]
#define __noinline __attribute__((noinline))
#define __weak __attribute__((weak))
#define __hidden __attribute__((visibility("hidden")))
#define __ksym SEC(".ksyms")
#define __kconfig SEC(".kconfig")
#define __core __attribute__((preserve_access_index))
#define __kptr __attribute__((btf_type_tag("kptr")))

#define LICENCE(text) char licence[] SEC("license") = text
#define MAP(NAME, KIND, KEY, VALUE, ENTRIES, FLAGS)                                                                    \
	struct {                                                                                                       \
		__uint(type, KIND);                                                                                    \
		__type(key, KEY);                                                                                      \
		__type(value, VALUE);                                                                                  \
		__uint(max_entries, ENTRIES);                                                                          \
		__uint(map_flags, FLAGS);                                                                              \
	} NAME SEC(".maps")
#define HELPER(NUMBER, RESULT, NAME, ...) static RESULT (*NAME)(__VA_ARGS__) = (void *)NUMBER

enum { HASH = 1, ARRAY = 2, PROG_ARRAY = 3, PERF = 4, LPM = 11, ARRAY_OF_MAPS = 12, SK_STORAGE = 24, RINGBUF = 27,
       TASK_STORAGE = 29, BLOOM = 30, USER_RINGBUF = 31, CGRP_STORAGE = 32, ARENA = 33 };

HELPER(1, void *, map_lookup, void *, const void *);
HELPER(2, long, map_update, void *, const void *, const void *, u64);
HELPER(5, u64, ktime, void);
HELPER(6, long, trace_printk, const char *, u32, ...);
HELPER(12, long, tail_call, void *, void *, u32);
HELPER(14, u64, pid_tgid, void);
HELPER(35, void *, current_task, void);
HELPER(93, long, spin_lock, void *);
HELPER(94, long, spin_unlock, void *);
HELPER(113, long, probe_read_kernel, void *, u32, const void *);
HELPER(131, void *, ringbuf_reserve, void *, u64, u64);
HELPER(132, void, ringbuf_submit, void *, u64);
HELPER(148, long, copy_from_user, void *, u32, const void *);
HELPER(158, void *, task_btf, void);
