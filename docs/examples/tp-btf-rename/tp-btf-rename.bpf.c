#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
char old_name[16], new_name[16];
int thread;

// region program
SEC("tp_btf/task_rename")
int BPF_PROG(renamed, struct task_struct *task, const char *name)
{
	if (task->tgid != watched) // typed by the kernel's BTF: members are read directly
		return 0;
	thread = task->pid;
	bpf_probe_read_kernel_str(old_name, sizeof(old_name), task->comm);
	bpf_probe_read_kernel_str(new_name, sizeof(new_name), name); // a bare pointer is not
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
