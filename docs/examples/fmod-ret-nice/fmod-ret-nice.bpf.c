#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EPERM 1

const volatile __u32 watched;

// region program
SEC("fmod_ret/security_task_setnice")
int BPF_PROG(limit_nice, struct task_struct *task, int nice, int before)
{
	if (before)
		return before; // another program refused already: keep its answer
	if (bpf_get_current_pid_tgid() >> 32 == watched && nice > 10)
		return -EPERM; // the function does not run, and this is its result
	return 0;	       // it runs
}
// endregion

char licence[] SEC("license") = "GPL";
