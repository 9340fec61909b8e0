#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region target
__attribute__((noinline)) int decide(struct xdp_md *context)
{
	volatile int verdict = XDP_PASS; // keeps the compiler from putting the answer into the caller

	return context ? verdict : XDP_ABORTED;
}

SEC("xdp")
int firewall(struct xdp_md *context)
{
	return decide(context);
}
// endregion

// region replacement
SEC("?freplace/decide") // not loaded with the rest: it needs the program that it changes
int drop_all(struct xdp_md *context)
{
	return XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
