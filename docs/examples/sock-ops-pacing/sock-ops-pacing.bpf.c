#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SOL_SOCKET 1
#define SO_MAX_PACING_RATE 47

// region program
SEC("sockops")
int pace(struct bpf_sock_ops *event)
{
	__u32 rate = 1000000; // bytes a second

	switch (event->op) {
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:  // connect() succeeds
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB: // a listener has a new connection
		bpf_setsockopt(event, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof(rate));
		break;
	}
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
