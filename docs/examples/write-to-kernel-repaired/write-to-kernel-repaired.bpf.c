#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SOL_SOCKET 1
#define SO_MARK	   36

// region mark
SEC("cgroup/connect4")
int mark(struct bpf_sock_addr *context)
{
	int value = 7;

	// The helper does what setsockopt() does, with all its checks.
	bpf_setsockopt(context, SOL_SOCKET, SO_MARK, &value, sizeof(value));
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
