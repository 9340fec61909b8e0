#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region dead
SEC("xdp")
__attribute__((naked)) int verdict(struct xdp_md *context)
{
	asm volatile("r0 = 2;" // XDP_PASS
		     "exit;"
		     "r0 = 1;" // no jump leads here
		     "exit;");
}
// endregion

char licence[] SEC("license") = "GPL";
