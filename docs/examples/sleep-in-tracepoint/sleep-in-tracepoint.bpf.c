#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char first[16];

// region copy
SEC("raw_tp/sys_enter")
int note(struct bpf_raw_tracepoint_args *context)
{
	// It waits for a page that is not in memory, and a tracepoint may not wait.
	bpf_copy_from_user(first, sizeof(first), (void *)context->args[1]);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
