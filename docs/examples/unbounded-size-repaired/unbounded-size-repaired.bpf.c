#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u32 length = 64;
char copy[128];

// region size
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	void *task = (void *)bpf_get_current_task();
	__u32 size = length; // read once: what is compared is what is used

	if (size > sizeof(copy))
		size = sizeof(copy);
	return bpf_probe_read_kernel(copy, size, task);
}
// endregion

char licence[] SEC("license") = "GPL";
