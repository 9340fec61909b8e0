#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 marked, plain;

// region programs
SEC("tcx/egress")
int count(struct __sk_buff *packet)
{
	if (packet->mark)
		__sync_fetch_and_add(&marked, 1);
	else
		__sync_fetch_and_add(&plain, 1);
	return TCX_PASS; // decided: programs behind this one are not asked
}

SEC("tcx/egress")
int mark(struct __sk_buff *packet)
{
	packet->mark = 5;
	return TCX_NEXT; // no decision: the next program goes on
}
// endregion

char licence[] SEC("license") = "GPL";
