#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define ENOENT 2

const volatile __u32 watched;
const volatile __u64 address;
__u64 first, last;
int results[2];

// region program
static long note(struct task_struct *task, struct vm_area_struct *area, void *context)
{
	first = area->vm_start;
	last = area->vm_end;
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(look, struct pt_regs *registers, long number)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (task->tgid != watched)
		return 0;
	results[0] = bpf_find_vma(task, address, note, NULL, 0);
	results[1] = bpf_find_vma(task, 8, note, NULL, 0); // -ENOENT: nothing is there
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
