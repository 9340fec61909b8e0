#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 watched;
char names[2][16];

// region program
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	// The arguments of the tracepoint as the kernel passes them: (struct task_struct *, const char *)
	const char *name = (const char *)context->args[1];

	if (bpf_get_current_pid_tgid() >> 32 != watched)
		return 0;
	bpf_get_current_comm(names[0], sizeof(names[0]));
	bpf_probe_read_kernel_str(names[1], sizeof(names[1]), name);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
