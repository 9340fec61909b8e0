#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SIGUSR1 10

const volatile __u32 watched;
int result = 1;

// region send
SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_getpgid(void *context)
{
	if (bpf_get_current_pid_tgid() >> 32 == watched)
		result = bpf_send_signal(SIGUSR1); // to the process that runs, and to no other
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
