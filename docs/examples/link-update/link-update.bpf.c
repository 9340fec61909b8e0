#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int old_version, new_version;

SEC("xdp")
int first(struct xdp_md *context)
{
	old_version++;
	return XDP_PASS;
}

SEC("xdp")
int second(struct xdp_md *context)
{
	new_version++;
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
