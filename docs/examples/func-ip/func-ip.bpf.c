#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
char function[32], returning[32];

// region program
static int is_watched(void)
{
	return bpf_get_current_pid_tgid() >> 32 == watched;
}

SEC("kprobe/inet_listen")
int begins(struct pt_regs *registers)
{
	if (is_watched())
		BPF_SNPRINTF(function, sizeof(function), "%ps", bpf_get_func_ip(registers));
	return 0;
}

SEC("kretprobe/inet_listen")
int ends(struct pt_regs *registers)
{
	if (is_watched())
		// The same, though the registers are those of the caller by now.
		BPF_SNPRINTF(returning, sizeof(returning), "%ps", bpf_get_func_ip(registers));
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
