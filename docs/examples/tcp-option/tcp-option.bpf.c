#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

const volatile __u8 level;
__u8 seen;

// region program
struct option {
	__u8 kind, size;
	__be16 magic;
	__u8 level;
} __attribute__((packed));

#define EXPERIMENTAL 254
#define MAGIC bpf_htons(0xeb9f)

static void ask_for(struct bpf_sock_ops *event, int flag)
{
	bpf_sock_ops_cb_flags_set(event, event->bpf_sock_ops_cb_flags | flag);
}

SEC("sockops")
int mark(struct bpf_sock_ops *event)
{
	struct option option = { EXPERIMENTAL, sizeof(option), MAGIC, level };

	switch (event->op) {
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		ask_for(event, BPF_SOCK_OPS_WRITE_HDR_OPT_CB_FLAG);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		ask_for(event, BPF_SOCK_OPS_PARSE_UNKNOWN_HDR_OPT_CB_FLAG);
		break;
	case BPF_SOCK_OPS_HDR_OPT_LEN_CB: // for each packet, before it is made
		bpf_reserve_hdr_opt(event, sizeof(option), 0);
		break;
	case BPF_SOCK_OPS_WRITE_HDR_OPT_CB:
		bpf_store_hdr_opt(event, &option, sizeof(option), 0);
		break;
	case BPF_SOCK_OPS_PARSE_HDR_OPT_CB: // a packet came with an option that the kernel does not know
		option.size = 4; // what the search compares: kind, size and magic
		option.level = 0;
		if (bpf_load_hdr_opt(event, &option, sizeof(option), 0) == sizeof(option))
			seen = option.level;
		break;
	}
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
