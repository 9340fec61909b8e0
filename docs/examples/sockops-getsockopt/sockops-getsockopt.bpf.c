#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define IPPROTO_TCP 6
#define TCP_CONGESTION 13
#define EINVAL 22

char congestion[16];
int results[2];

// region program
SEC("sockops")
int look(struct bpf_sock_ops *event)
{
	if (event->op != BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB)
		return 1;
	results[0] = bpf_getsockopt(event, IPPROTO_TCP, TCP_CONGESTION, congestion, sizeof(congestion));
	results[1] = bpf_getsockopt(event, IPPROTO_TCP, 9999, congestion, sizeof(congestion)); // clears it
	if (!results[0] && results[1] == -EINVAL)
		bpf_getsockopt(event, IPPROTO_TCP, TCP_CONGESTION, congestion, sizeof(congestion));
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
