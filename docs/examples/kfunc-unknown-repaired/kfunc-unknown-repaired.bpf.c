#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern int bpf_of_tomorrow(struct xdp_md *packet) __ksym __weak; // may be missing

// region call
SEC("xdp")
int decide(struct xdp_md *context)
{
	if (bpf_ksym_exists(bpf_of_tomorrow)) // a constant when the program is verified
		return bpf_of_tomorrow(context) ? XDP_DROP : XDP_PASS;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
