#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PROTOCOL 23 // of IPv4 behind Ethernet

// As socket filters read packets. The compiler makes an instruction of it that is older than eBPF.
unsigned long long load_byte(void *packet, unsigned long long offset) asm("llvm.bpf.load.byte");

// region load
SEC("xdp")
int protocol(struct xdp_md *context)
{
	return load_byte(context, PROTOCOL) == 6 ? XDP_PASS : XDP_DROP;
}
// endregion

char licence[] SEC("license") = "GPL";
