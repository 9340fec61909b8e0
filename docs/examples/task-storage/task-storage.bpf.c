#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC); // this type demands it; max_entries stays 0
	__type(key, int);
	__type(value, __u32);
} generations SEC(".maps");
// endregion

// region storage
SEC("lsm/task_alloc")
int BPF_PROG(on_new, struct task_struct *child, unsigned long clone_flags)
{
	struct task_struct *parent = bpf_get_current_task_btf();
	__u32 *mine, *its;

	mine = bpf_task_storage_get(&generations, parent, 0, 0);
	if (!mine)
		return 0; // not below the process that user space marked
	its = bpf_task_storage_get(&generations, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (its)
		*its = *mine + 1; // goes with the task: nobody has to delete it
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
