#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define SOCK_RAW 3

__u32 refused;

// region program
SEC("cgroup/sock_create")
int create(struct bpf_sock *socket)
{
	if (socket->type == SOCK_RAW) {
		__sync_fetch_and_add(&refused, 1);
		return 0; // socket() fails with EPERM
	}
	socket->priority = 5;
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
