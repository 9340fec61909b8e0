#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#define SIZE 8

int unrolled, bounded, called, iterated, interrupted;

// region unrolled
static int add_unrolled(int count)
{
	int number, sum = 0;

#pragma clang loop unroll(full) // there is no loop any more when the verifier comes
	for (number = 0; number < SIZE; number++)
		sum += number < count ? number : 0;
	return sum;
}
// endregion

// region bounded
static int add_bounded(int count)
{
	int number, sum = 0;

#pragma clang loop unroll(disable)
	for (number = 0; number < SIZE; number++) { // the verifier walks every round
		if (number >= count)
			break;
		sum += number;
	}
	return sum;
}
// endregion

// region called
struct state {
	int sum;
};

static long add_one(__u64 number, struct state *state)
{
	state->sum += number;
	return 0; // 1 ends the loop
}

static int add_called(int count)
{
	struct state state = {};

	bpf_loop(count, add_one, &state, 0); // the function is checked until nothing new comes
	return state.sum;
}
// endregion

// region iterated
static int add_iterated(int count)
{
	int number, sum = 0;

	bpf_for(number, 0, count) // the body is checked until its states repeat
		sum += number;
	return sum;
}
// endregion

// region interrupted
static __always_inline bool may_go_on(void)
{
	asm volatile goto("may_goto %l[stop]" : : : : stop); // the kernel counts, and ends what does not
	return true;
stop:
	return false;
}

static int add_interrupted(int count)
{
	int number, sum = 0;

	for (number = 0; number < count && may_go_on(); number++)
		sum += number;
	return sum;
}
// endregion

SEC("tc")
int all(struct __sk_buff *packet)
{
	int count = packet->len & (SIZE - 1);

	unrolled = add_unrolled(count);
	bounded = add_bounded(count);
	called = add_called(count);
	iterated = add_iterated(count);
	interrupted = add_interrupted(count);
	return count;
}

char licence[] SEC("license") = "GPL";
