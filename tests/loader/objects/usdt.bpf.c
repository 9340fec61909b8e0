// A static probe of a binary: libbpf needs the maps that its own header brings.
#include <linux/bpf.h>
#include <asm/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>
#define __TARGET_ARCH_x86
#include <bpf/usdt.bpf.h>

__u64 hits[4];
__u64 cookie;

SEC("usdt")
int at_probe(struct pt_regs *context)
{
	__sync_fetch_and_add(&hits[1], 1);
	cookie = bpf_usdt_cookie(context);
	return 0;
}

char licence[] SEC("license") = "GPL";
