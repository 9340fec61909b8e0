/* Written by a script for the tests of the parser. */

/* Forward declarations of BPF structs */
struct kettle;
struct leaf;
struct __cup;

/*
 * bpf_brew
 *
 * 	Pour hot water on *leaf*.
 *
 * 	Mind the cup:
 *
 * 	::
 *
 * 		cup = 1;
 *
 * Returns
 * 	The kettle.
 */
static struct kettle *(* const bpf_brew)(void *ctx, const struct leaf *leaf, __u64 flags) = (void *) 1;

/*
 * bpf_sip
 *
 * 	Drink *size* drops from *cup*.
 *
 * Returns
 * 	0, or a negative error.
 */
static long (* const bpf_sip)(struct __cup *cup, __u32 size) = (void *) 2;

/*
 * bpf_print_menu
 *
 * 	Write the menu.
 *
 * Returns
 * 	Number of dishes.
 */
static long (* const bpf_print_menu)(const char *fmt, __u32 fmt_size, ...) = (void *) 3;

/*
 * bpf_which_waiter
 *
 * 	Find the waiter.
 *
 * Returns
 * 	Its number.
 */
static __u32 (* const bpf_which_waiter)(void) = (void *) 4;

/*
 * bpf_leave
 *
 * 	Go home.
 *
 * Returns
 * 	Nothing.
 */
static void (* const bpf_leave)(void *seat, __be16 door, __wsum bill, unsigned long *tip) = (void *) 5;


