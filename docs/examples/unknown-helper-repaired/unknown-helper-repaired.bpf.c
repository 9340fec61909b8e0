#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

// A helper of a kernel to come.
static long (*const bpf_of_tomorrow)(void) = (void *)1000;

enum bpf_func_id___tomorrow {
	BPF_FUNC_of_tomorrow = 1000,
};

// region call
SEC("xdp")
int decide(struct xdp_md *context)
{
	// Answered when the program is loaded: where it is no, the verifier never comes to the call.
	if (bpf_core_enum_value_exists(enum bpf_func_id___tomorrow, BPF_FUNC_of_tomorrow))
		return bpf_of_tomorrow() ? XDP_DROP : XDP_PASS;
	return XDP_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
