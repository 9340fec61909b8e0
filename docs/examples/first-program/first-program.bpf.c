#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 watched; // user space sets it before the program is loaded
__u64 signals;                // user space reads it at any time

SEC("tracepoint/syscalls/sys_enter_kill")
int on_kill(void *context)
{
	if (bpf_get_current_pid_tgid() >> 32 == watched)
		__sync_fetch_and_add(&signals, 1); // several CPUs may be here at once
	return 0;
}

char licence[] SEC("license") = "GPL";
