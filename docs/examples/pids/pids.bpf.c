#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int pids(struct xdp_md *context)
{
	return bpf_get_current_pid_tgid() ? XDP_PASS : XDP_DROP;
}

char licence[] SEC("license") = "GPL";
