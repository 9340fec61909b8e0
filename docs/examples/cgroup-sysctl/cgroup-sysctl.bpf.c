#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("cgroup/sysctl")
int guard(struct bpf_sysctl *access)
{
	char name[64] = {}; // older kernels want all of it set

	if (!access->write)
		return 1;
	if (bpf_sysctl_get_name(access, name, sizeof(name), 0) < 0)
		return 0;
	// The name is the path below /proc/sys.
	return !(name[0] == 'n' && name[1] == 'e' && name[2] == 't' && name[3] == '/');
}
// endregion

char licence[] SEC("license") = "GPL";
