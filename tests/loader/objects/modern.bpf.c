// Hooks that came after v5.10, whose kernels load most of these and cannot attach them.
#include "bpf.h"

__u64 hits[16];
__u64 cookie;

#define HOOK(number, section, name, context, result)        \
	SEC(section) int name(context *arguments)           \
	{                                                   \
		__sync_fetch_and_add(&hits[number], 1);     \
		return result;                              \
	}

HOOK(1, "tcx/egress", at_tcx, struct __sk_buff, -1)
HOOK(2, "netkit/primary", at_netkit, struct __sk_buff, -1)
HOOK(3, "netfilter", at_netfilter, void, 1)
HOOK(4, "kprobe.multi", at_kprobe_multi, void, 0)
HOOK(5, "uprobe.multi", at_uprobe_multi, void, 0)
HOOK(6, "tcx/egress", at_tcx_too, struct __sk_buff, -1)

HOOK(7, "kprobe.session/__x64_sys_getpgid", at_session, void, 0)

SEC("kprobe/__x64_sys_getpgid")
int with_cookie(void *context)
{
	cookie = bpf_get_attach_cookie(context);
	return 0;
}

char licence[] SEC("license") = "GPL";
