#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u64 device, inode;
struct bpf_pidns_info inside;
__u32 outside;

// region pid
SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_getpgid(void *context)
{
	struct bpf_pidns_info numbers;

	if (bpf_get_ns_current_pid_tgid(device, inode, &numbers, sizeof(numbers)))
		return 0; // EINVAL: the process is in another namespace
	inside = numbers;
	outside = bpf_get_current_pid_tgid() >> 32; // as the first namespace counts
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
