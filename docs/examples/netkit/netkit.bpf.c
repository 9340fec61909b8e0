#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u32 seen;

// region program
SEC("netkit/primary")
int gate(struct __sk_buff *packet)
{
	seen++;
	return packet->len > 100 ? TCX_DROP : TCX_PASS; // the actions are numbered as those of tcx
}
// endregion

char licence[] SEC("license") = "GPL";
