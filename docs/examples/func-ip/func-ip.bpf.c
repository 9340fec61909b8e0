#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
__u64 function, returning;

// region program
static int is_watched(void)
{
	return bpf_get_current_pid_tgid() >> 32 == watched;
}

SEC("kprobe/inet_listen")
int begins(struct pt_regs *registers)
{
	if (is_watched())
		function = bpf_get_func_ip(registers); // PT_REGS_IP would be behind the breakpoint
	return 0;
}

SEC("kretprobe/inet_listen")
int ends(struct pt_regs *registers)
{
	if (is_watched())
		returning = bpf_get_func_ip(registers); // the same, though the registers are those of the caller
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
