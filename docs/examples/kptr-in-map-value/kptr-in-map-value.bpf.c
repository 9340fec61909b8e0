#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region send
struct record {
	__u32 length;
};

struct account {
	__u32 packets;
	__u32 bytes;
	struct record __kptr *last;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct account);
} accounts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 12);
} reports SEC(".maps");

SEC("tc")
int report(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct account *account = bpf_map_lookup_elem(&accounts, &key);

	if (!account)
		return -1;
	account->packets++;
	account->bytes += packet->len;
	return bpf_ringbuf_output(&reports, account, sizeof(*account), 0); // with the pointer
}
// endregion

char licence[] SEC("license") = "GPL";
