// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Bit fields move between kernels: each read is a relocation of offset, size and shifts. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

u64 kind, state;

SEC("kprobe/kfree_skb_partial")
int BPF_KPROBE(freed, struct sk_buff *skb)
{
	kind = BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type);
	state = bpf_core_enum_value_exists(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF) ?
			bpf_core_enum_value(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF) : 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
