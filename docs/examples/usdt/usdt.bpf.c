#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

__s32 last;
__u32 orders;

// region program
SEC("usdt")
int BPF_USDT(ordered, int amount)
{
	last = amount;
	orders++;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
