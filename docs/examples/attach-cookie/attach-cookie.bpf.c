#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 watched;
__u32 calls[2];

// region cookie
SEC("tracepoint")
int count(void *context)
{
	__u64 cookie = bpf_get_attach_cookie(context); // what this link was made with

	if (bpf_get_current_pid_tgid() >> 32 == watched && cookie < 2)
		calls[cookie]++;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
