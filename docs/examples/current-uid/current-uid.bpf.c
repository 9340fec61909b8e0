#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct who {
	__u32 process, thread, user, group;
	char name[16];
};

const volatile __u32 user;
struct who last;

// region who
SEC("tracepoint/syscalls/sys_enter_getpgid")
int who(void *context)
{
	__u64 process = bpf_get_current_pid_tgid(), ids = bpf_get_current_uid_gid();

	if ((__u32)ids != user)
		return 0;
	last.process = process >> 32; // what user space calls pid is the kernel's tgid
	last.thread = process;
	last.user = ids; // as the first user namespace numbers them
	last.group = ids >> 32;
	bpf_get_current_comm(last.name, sizeof(last.name));
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
