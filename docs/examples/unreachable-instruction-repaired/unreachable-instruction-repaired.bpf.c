#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region alive
SEC("xdp")
__attribute__((naked)) int verdict(struct xdp_md *context)
{
	asm volatile("r2 = *(u32 *)(r1 + 12);" // ingress_ifindex
		     "r0 = 2;"                 // XDP_PASS
		     "if r2 != 0 goto +1;"
		     "r0 = 1;" // XDP_DROP: for a packet of no device
		     "exit;");
}
// endregion

char licence[] SEC("license") = "GPL";
