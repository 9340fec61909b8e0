#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

const volatile int watched;
long seconds, nanoseconds;
int result = 1;

// region read
SEC("tracepoint/syscalls/sys_enter_clock_nanosleep")
int on_sleep(struct trace_event_raw_sys_enter *context)
{
	struct __kernel_timespec asked = {};
	const void *address = (void *)context->args[2]; // where the process has it

	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	result = bpf_probe_read_user(&asked, sizeof(asked), address);
	if (result)
		return 0; // EFAULT: nothing there, or not in memory now, for this may not wait for a disk
	seconds = asked.tv_sec;
	nanoseconds = asked.tv_nsec;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
