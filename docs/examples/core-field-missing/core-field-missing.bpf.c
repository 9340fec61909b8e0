#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

// A field that no kernel has; what stands behind the three underscores is ignored.
struct task_struct___tomorrow {
	int mood;
};

int mood;

// region read
SEC("raw_tp/task_rename")
int renamed(void *context)
{
	struct task_struct___tomorrow *task = (void *)bpf_get_current_task();

	mood = BPF_CORE_READ(task, mood);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
