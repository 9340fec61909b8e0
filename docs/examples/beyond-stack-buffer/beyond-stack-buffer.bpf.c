#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NAME 16

// region call
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	char name[NAME / 2];

	bpf_get_current_comm(name, NAME); // 16 bytes into a buffer of 8, at the very top of the stack
	return name[0] != 0;
}
// endregion

char licence[] SEC("license") = "GPL";
