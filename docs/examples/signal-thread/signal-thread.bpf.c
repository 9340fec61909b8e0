#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define SIGUSR1 10
#define SIGUSR2 12

const volatile __u32 watched;

// region program
SEC("tp/syscalls/sys_enter_getpgid")
int notify(void *context)
{
	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	bpf_send_signal(SIGUSR1);        // to the process: any of its threads may take it
	bpf_send_signal_thread(SIGUSR2); // to this thread alone
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
