// A program for each hook; what is counted under a number says that the hook ran it.
#include "bpf.h"

__u64 hits[64];
int deny;
__u64 cookie;

#define HOOK(number, section, name, context, result)        \
	SEC(section) int name(context *arguments)           \
	{                                                   \
		__sync_fetch_and_add(&hits[number], 1);     \
		return result;                              \
	}

HOOK(1, "kprobe/__x64_sys_getpgid", at_kprobe, void, 0)
HOOK(2, "kretprobe/__x64_sys_getpgid", at_kretprobe, void, 0)
HOOK(3, "tracepoint/syscalls/sys_enter_getpgid", at_tracepoint, void, 0)
HOOK(4, "raw_tp/sys_enter", at_raw_tracepoint, void, 0)
HOOK(5, "tp_btf/sys_enter", at_tp_btf, void, 0)
HOOK(6, "fentry/__x64_sys_getpgid", at_fentry, void, 0)
HOOK(7, "fexit/__x64_sys_getpgid", at_fexit, void, 0)
HOOK(9, "uprobe", at_uprobe, void, 0)
HOOK(10, "uretprobe", at_uretprobe, void, 0)
HOOK(11, "cgroup_skb/egress", at_cgroup, struct __sk_buff, 1)
HOOK(24, "cgroup_skb/egress", at_cgroup_too, struct __sk_buff, 1)
HOOK(12, "xdp", at_xdp, struct xdp_md, XDP_PASS)
HOOK(13, "tc", at_tc, struct __sk_buff, 0)
HOOK(14, "socket", at_socket, struct __sk_buff, -1)
HOOK(15, "perf_event", at_perf_event, struct bpf_perf_event_data, 0)
HOOK(16, "sk_lookup", at_sk_lookup, struct bpf_sk_lookup, SK_PASS)
HOOK(17, "flow_dissector", at_flow_dissector, struct __sk_buff, 0)
HOOK(18, "ksyscall/getpgid", at_ksyscall, void, 0)
HOOK(19, "kprobe/do_no_such_thing", at_nothing, void, 0)
HOOK(20, "xdp", at_xdp_too, struct xdp_md, XDP_PASS)
HOOK(21, "sk_reuseport", at_reuseport, struct sk_reuseport_md, SK_PASS)
HOOK(22, "raw_tp/no_such_point", at_no_point, void, 0)

SEC("lsm/task_getpgid")
int at_lsm(void *arguments)
{
	__sync_fetch_and_add(&hits[8], 1);
	return deny ? -1 : 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

HOOK(23, "sk_skb/stream_verdict", at_stream, struct __sk_buff, SK_PASS)

__attribute__((noinline)) int replaced(struct xdp_md *context)
{
	return context->rx_queue_index ? 1 : 2;
}

SEC("xdp")
int calls_replaced(struct xdp_md *context)
{
	return replaced(context);
}

char licence[] SEC("license") = "GPL";
