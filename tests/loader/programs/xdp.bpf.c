// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

SEC("xdp")
int count(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	__u32 kind;
	__u64 *seen;

	if ((void *)(eth + 1) > end)
		return XDP_DROP;
	kind = eth->h_proto == bpf_htons(ETH_P_IP);
	seen = bpf_map_lookup_elem(&packets, &kind);
	if (seen)
		*seen += 1;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
