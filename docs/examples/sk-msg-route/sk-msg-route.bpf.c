#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum { SENDER, PLAIN, URGENT, SOCKETS };

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, SOCKETS);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

// region program
SEC("sk_msg")
int route(struct sk_msg_md *message)
{
	char *first = message->data;

	if ((void *)(first + 1) > message->data_end)
		return SK_PASS;
	if (*first == '#')
		return SK_DROP; // send() fails with EACCES
	// BPF_F_INGRESS puts it into that socket's receive queue: it never becomes a TCP segment.
	return bpf_msg_redirect_map(message, &sockets, *first == '!' ? URGENT : PLAIN, BPF_F_INGRESS);
}
// endregion

char licence[] SEC("license") = "GPL";
