#include <linux/bpf.h>
#include <bpf/bpf_helpers.h> // has the prototypes of all helpers

char name[16];

// region call
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	bpf_get_current_comm(name, sizeof(name));
	return name[0] != 0;
}
// endregion

char licence[] SEC("license") = "GPL";
