#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup_skb/egress")
int first(struct __sk_buff *packet)
{
	return 1;
}

SEC("cgroup_skb/egress")
int second(struct __sk_buff *packet)
{
	return 1;
}

char licence[] SEC("license") = "GPL";
