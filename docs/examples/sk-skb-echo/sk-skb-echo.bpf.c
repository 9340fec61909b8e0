#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

__u64 echoed;

// region programs
SEC("sk_skb/stream_parser")
int parse(struct __sk_buff *data)
{
	return data->len; // what has come is a message
}

SEC("sk_skb/stream_verdict")
int echo(struct __sk_buff *data)
{
	echoed += data->len;
	return bpf_sk_redirect_map(data, &sockets, 0, 0); // 0: to be sent by that socket
}
// endregion

char licence[] SEC("license") = "GPL";
