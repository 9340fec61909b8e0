/* A small linux/bpf.h of our own: every shape that the kernel's has, none of its words. */
#ifndef __LINUX_BPF_H__
#define __LINUX_BPF_H__

#include <linux/types.h>
#include <linux/bpf_common.h>

/* colours */
#define TEA_GREEN	0x07	/* fresh */
#define TEA_BLACK	(0xf0 | TEA_GREEN)
/* strong ones
 *
 * with an empty line in the comment
 */
#define TEA_RED		(1ULL << 63)
#define TEA_POUR(cup)	((cup) << 2)
#define TEA_ROUGE	TEA_RED

#define TEA_LABEL	"first flush"
#define TEA_COST	1.5
#define TEA_TEMPORARY	4
#define TEA_NEGATIVE	(-3)
#undef TEA_TEMPORARY

#define BPF_F_LINK	BPF_F_LINK /* the enumerator's value */
#define MAX_BPF_CUP __MAX_BPF_CUP
enum {
	BPF_CUP_0 = 0,
	BPF_CUP_1,
	__MAX_BPF_CUP,
};
#define BPF_OBJ_NAME_LEN 16U

enum bpf_cmd {
	BPF_MAP_CREATE,
	BPF_MAP_LOOKUP_ELEM,
	BPF_MAP_UPDATE_ELEM,
	BPF_PROG_LOAD,
	BPF_OBJ_PIN,
	BPF_OBJ_GET,
	BPF_PROG_ATTACH,
	BPF_PROG_DETACH,
	BPF_PROG_TEST_RUN,
	BPF_PROG_RUN = BPF_PROG_TEST_RUN,
	BPF_PROG_GET_NEXT_ID,
	BPF_OBJ_GET_INFO_BY_FD,
	BPF_MAP_FREEZE,
	BPF_MAP_LOOKUP_BATCH,
	BPF_LINK_UPDATE,
	BPF_PROG_STREAM_READ_BY_FD,
	BPF_UNNAMED,
	__MAX_BPF_CMD,
	BPF_COMMON_ATTRS = 1 << 16,
};

enum bpf_map_type {
	BPF_MAP_TYPE_UNSPEC,
	BPF_MAP_TYPE_HASH,
	BPF_MAP_TYPE_POT_DEPRECATED,
	BPF_MAP_TYPE_POT = BPF_MAP_TYPE_POT_DEPRECATED, /* not for new programs */
	BPF_MAP_TYPE_JUG,
	MAX_BPF_MAP_TYPE,
};

enum {
	BPF_F_BIG = 0xffffffffffffffffULL,
	BPF_F_TOP = (1ULL << 63),
	BPF_F_LINK = (1U << 13),
};

enum tea_step {
	TEA_STEP_BACK = -1,
	TEA_STEP_OLD = 0, /* DEPRECATED */
	TEA_STEP_ON = 0,
	TEA_STEP_MAX = 7
};

#define EACH_HELPER(FN, more...)		\
	FN(unspec, 0, ##more)			\
	FN(brew, 1, ##more)			\
	FN(sip, 2, ##more)			\
	FN(print_menu, 3, ##more)		\
	FN(which_waiter, 4, ##more)		\
	FN(leave, 5, ##more)			\
	FN(wash, 6, ##more)			\
	/* */

#define AS_ENUMERATOR(word, number) BPF_FUNC_##word = number,
enum bpf_func_id {
	EACH_HELPER(AS_ENUMERATOR)
	__BPF_FUNC_MAX_ID,
};
#undef AS_ENUMERATOR

enum {
	BPF_F_INGRESS = (1ULL << 0),
	BPF_F_EGRESS = (1ULL << 1),
#define BPF_F_WAYS (BPF_F_INGRESS | \
		    BPF_F_EGRESS)
};

union bpf_attr {
	struct { /* for BPF_MAP_CREATE */
		__u32	map_type;
		char	map_name[BPF_OBJ_NAME_LEN];
	};

	struct { /* BPF_MAP_*_ELEM, and BPF_MAP_FREEZE without a key */
		__u32		map_fd;
		__aligned_u64	key;
		union {
			__aligned_u64 value;
			__aligned_u64 next_key;
		};
	};

	struct { /* many at once: BPF_MAP_*_BATCH */
		__u32	count;
	} batch;

	struct { /* see BPF_PROG_LOAD, and BPF_F_BIG too */
		__u32	insn_cnt;
	};

	struct { /* names: BPF_OBJ_* */
		__aligned_u64	pathname;
	};

	struct { /* BPF_PROG_ATTACH/DETACH share it */
		__u32	attach_type;
	};

	struct { /* BPF_PROG_TEST_RUN reads and writes */
		__u32	retval;
	} test;

	struct { /* BPF_*_GET_*_ID */
		__u32	next_id;
	};

	struct { /* only BPF_OBJ_GET_INFO_BY_FD */
		__u32	info_len;
	} info;

	struct {
		__u32	link_fd;	/* not BPF_MAP_CREATE */
	} link_update;

	struct {
		/* nor BPF_MAP_CREATE */
		__u32	stream_id;
	} prog_stream_read;
} __attribute__((aligned(8)));

#define POINTER_OF_64_BITS(what, called)	\
union {					\
	what called;			\
	__u64 :64;			\
} __attribute__((aligned(8)))

struct bpf_menu {
	__u8	kind;
	__u8	hot:4;
	__u8	sweet:4;
	__be16	price[2];
	__u32	:32;
	POINTER_OF_64_BITS(struct bpf_cook *, cook);
	POINTER_OF_64_BITS(void *, data);
	union {
		struct {
			__u16	low;
			__u16	high[2][3];
		} pair;
		struct {
			__u32	whole;
		};
	};
	struct {
		__u32	seat;
	} table[BPF_OBJ_NAME_LEN + 1];
	enum tea_step	step;
	__u8	tag[];
};

union bpf_either {
	int		one;
	unsigned long	other;
};

#endif /* __LINUX_BPF_H__ */
