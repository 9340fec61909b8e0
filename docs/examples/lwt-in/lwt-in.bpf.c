#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 arrived;

// region program
SEC("lwt_in")
int count(struct __sk_buff *packet)
{
	if (packet->len > 100)
		return BPF_DROP;
	__sync_fetch_and_add(&arrived, 1);
	return BPF_OK; // to where the route leads
}
// endregion

char licence[] SEC("license") = "GPL";
