#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

__u32 last_port;

// region program
SEC("cgroup/post_bind4")
int only_high(struct bpf_sock *socket)
{
	// The port that it has now: one that the kernel chose is known here, and not yet before bind().
	last_port = socket->src_port; // in the byte order of the host, unlike dst_port
	return socket->src_port >= 1024;
}
// endregion

char licence[] SEC("license") = "GPL";
