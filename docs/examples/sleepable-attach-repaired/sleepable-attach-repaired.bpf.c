#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
char path[16];

// region attach
SEC("fentry/do_sys_openat2")
int BPF_PROG(note, int directory, const char *name)
{
	if (bpf_get_current_pid_tgid() >> 32 == watched)
		bpf_probe_read_user_str(path, sizeof(path), name); // fails where the other one would wait
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
