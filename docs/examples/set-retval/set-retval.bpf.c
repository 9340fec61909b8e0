#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define EHOSTUNREACH 113

// region program
SEC("cgroup/connect4")
int block(struct bpf_sock_addr *peer)
{
	switch (bpf_ntohs(peer->user_port)) {
	case 81:
		return 0; // connect() fails with EPERM
	case 82:
		bpf_set_retval(-EHOSTUNREACH); // connect() fails with this
		return 0;
	}
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
