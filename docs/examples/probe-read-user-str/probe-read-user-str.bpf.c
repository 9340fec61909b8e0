#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

const volatile int watched;
char path[16];
int length;

// region read
SEC("tracepoint/syscalls/sys_enter_openat")
int on_openat(struct trace_event_raw_sys_enter *context)
{
	const char *name = (const char *)context->args[1]; // in the process's memory

	if (bpf_get_current_pid_tgid() >> 32 == watched)
		length = bpf_probe_read_user_str(path, sizeof(path), name);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
