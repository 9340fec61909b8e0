#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u32 length = 64; // user space may change it at any time
char copy[128];

// region size
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	void *task = (void *)bpf_get_current_task();

	bpf_probe_read_kernel(copy, length, task); // nothing says that length is at most 128
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
