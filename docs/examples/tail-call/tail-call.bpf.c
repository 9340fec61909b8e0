#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int second(struct xdp_md *context);

// region jump
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, int(void *));
} jumps SEC(".maps") = {
	.values = { [1] = (void *)&second },
};

int missed;

SEC("xdp")
int first(struct xdp_md *context)
{
	bpf_tail_call(context, &jumps, 0); // nothing is at 0: it goes on here
	missed++;
	bpf_tail_call(context, &jumps, 1);
	return XDP_ABORTED; // never reached: a tail call does not return
}

SEC("xdp")
int second(struct xdp_md *context)
{
	return XDP_TX;
}
// endregion

char licence[] SEC("license") = "GPL";
