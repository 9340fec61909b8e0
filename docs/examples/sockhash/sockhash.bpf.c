#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 64);
	__type(key, __u32); // the port of the other end
	__type(value, __u32);
} sockets SEC(".maps");
// endregion

__u32 redirected, passed;

// region send
SEC("sk_msg")
int send(struct sk_msg_md *message)
{
	__u32 port = message->local_port; // of the host's byte order, unlike remote_port

	if (bpf_msg_redirect_hash(message, &sockets, &port, BPF_F_INGRESS) == SK_PASS)
		redirected++;
	else
		passed++; // the other end is not in the map: over the network stack
	return SK_PASS;
}
// endregion

char licence[] SEC("license") = "GPL";
