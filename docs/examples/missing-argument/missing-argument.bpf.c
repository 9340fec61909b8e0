#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char name[16];

// region call
// The prototype is written by hand, and lacks the second argument: the size.
static long (*read_name)(void *buffer) = (void *)BPF_FUNC_get_current_comm;

SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	read_name(name);
	return name[0] != 0;
}
// endregion

char licence[] SEC("license") = "GPL";
