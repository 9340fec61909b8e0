// Takes the place of a function of another program.
#include "bpf.h"

SEC("freplace/replaced")
int replacement(struct xdp_md *context)
{
	return 42;
}

char licence[] SEC("license") = "GPL";
