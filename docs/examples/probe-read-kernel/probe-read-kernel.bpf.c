#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define UNMAPPED ((void *)-4096) // the kernel keeps it free for errno values

int good = 1, bad = 1, foreign = 1;
long left = 1;
char name[16];

// region read
SEC("tracepoint/syscalls/sys_enter_getpgid")
int on_getpgid(void *context)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	// The address of a field is not yet an access: libbpf puts in the running kernel's offset.
	good = bpf_probe_read_kernel(name, sizeof(name), &task->comm);
	bad = bpf_probe_read_kernel(&left, sizeof(left), UNMAPPED);
	foreign = bpf_probe_read_kernel(&left, sizeof(left), (void *)8); // no address of the kernel's
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
