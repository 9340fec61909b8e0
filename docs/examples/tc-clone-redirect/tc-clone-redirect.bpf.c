#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

const volatile __u32 monitor;
int results[2];

// region program
SEC("tc")
int mirror(struct __sk_buff *packet)
{
	results[0] = bpf_clone_redirect(packet, monitor, 0); // a copy leaves there at once
	results[1] = bpf_clone_redirect(packet, 9999, 0);    // -EINVAL: no such device
	return TC_ACT_OK;                                    // and the packet goes on
}
// endregion

char licence[] SEC("license") = "GPL";
