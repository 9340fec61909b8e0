#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("cgroup/getsockopt")
int hide(struct bpf_sockopt *option)
{
	int *ttl = option->optval;

	if (option->level != IPPROTO_IP || option->optname != IP_TTL || option->retval)
		return 1; // also where the kernel's own answer is an error
	if ((void *)(ttl + 1) > option->optval_end)
		return 1;
	*ttl = 1; // the kernel has answered before: this is what the process sees
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
