#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
char name[64];
long length;

// region program
SEC("fentry/vfs_truncate") // one of the functions in which it may be called
int BPF_PROG(truncated, struct path *path)
{
	if (bpf_get_current_pid_tgid() >> 32 == watched)
		length = bpf_d_path(path, name, sizeof(name)); // with mounts, as the process sees it
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
