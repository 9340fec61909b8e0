// Compiled without debug information, so without BTF.
#include "bpf.h"

SEC("xdp")
int plain(struct xdp_md *context)
{
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
