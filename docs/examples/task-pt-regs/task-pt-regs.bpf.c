#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
__u64 number, first, second;

// region program
SEC("tp_btf/task_rename")
int BPF_PROG(renamed, struct task_struct *task, const char *name)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pt_regs *registers;

	if (current->tgid != watched)
		return 0;
	// The registers of user space, from when it entered the kernel: the system call and its arguments.
	registers = (void *)bpf_task_pt_regs(current);
	number = registers->orig_ax;
	first = registers->di;
	second = registers->si;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
