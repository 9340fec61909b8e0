#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 watched;
__u64 since_boot, awake;

// region program
SEC("tp/syscalls/sys_enter_getpgid")
int stamp(void *context)
{
	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	awake = bpf_ktime_get_ns();           // CLOCK_MONOTONIC: stands still while the machine sleeps
	since_boot = bpf_ktime_get_boot_ns(); // CLOCK_BOOTTIME: goes on
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
