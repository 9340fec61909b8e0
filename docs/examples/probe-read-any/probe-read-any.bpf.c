#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define EFAULT 14

const volatile __u32 watched;
char path[32], name[16];
int lengths[2], nothing;

struct chdir_arguments {
	__u64 common, number;
	const char *path;
};

// region program
SEC("tp/syscalls/sys_enter_chdir")
int change(struct chdir_arguments *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int offset = bpf_core_field_offset(struct task_struct, comm);

	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	// Both helpers take addresses of user space and of the kernel, and tell them apart by nothing.
	lengths[0] = bpf_probe_read_str(path, sizeof(path), context->path);
	lengths[1] = bpf_probe_read(name, sizeof(name), (void *)task + offset);
	nothing = bpf_probe_read(&offset, sizeof(offset), (void *)8); // -EFAULT
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
