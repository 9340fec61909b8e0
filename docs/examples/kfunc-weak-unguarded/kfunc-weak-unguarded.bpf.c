#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern int bpf_of_tomorrow(struct xdp_md *packet) __ksym __weak;

// region call
SEC("xdp")
int decide(struct xdp_md *context)
{
	return bpf_of_tomorrow(context) ? XDP_DROP : XDP_PASS; // and if it is missing?
}
// endregion

char licence[] SEC("license") = "GPL";
