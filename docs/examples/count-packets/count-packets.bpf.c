#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct traffic {
	__u64 packets, bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256); // one for each protocol above IPv4
	__type(key, __u32);
	__type(value, struct traffic);
} by_protocol SEC(".maps");

SEC("xdp")
int count(struct xdp_md *context)
{
	void *end = (void *)(long)context->data_end;
	struct ethhdr *ethernet = (void *)(long)context->data;
	struct iphdr *ip = (void *)(ethernet + 1);
	struct traffic *seen;
	__u32 protocol;

	if ((void *)(ip + 1) > end || ethernet->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS; // too short, or not IPv4
	protocol = ip->protocol;
	seen = bpf_map_lookup_elem(&by_protocol, &protocol);
	if (!seen)
		return XDP_PASS; // never: but the verifier does not know
	seen->packets++;
	seen->bytes += end - (void *)ethernet;
	return XDP_PASS;
}

char licence[] SEC("license") = "GPL";
