#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile __u32 watched;
__u32 calls[4];

// region program
SEC("kprobe.multi")
int count(void *context)
{
	__u64 which = bpf_get_attach_cookie(context); // set for each function when it was attached

	if (bpf_get_current_pid_tgid() >> 32 == watched && which < 4)
		calls[which]++;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
