#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define IPV6_HEADER 40
#define TAG (IPV6_HEADER + 6) // where the tag is in the header with the segments
#define SEGMENTS (IPV6_HEADER + 8)

int results[2];

// region program
SEC("lwt_seg6local")
int end(struct __sk_buff *packet)
{
	__be16 tag = bpf_htons(7);

	// The kernel has gone on to the next segment already. Flags, tag and TLVs may be changed, no address.
	results[0] = bpf_lwt_seg6_store_bytes(packet, TAG, &tag, sizeof(tag));
	results[1] = bpf_lwt_seg6_store_bytes(packet, SEGMENTS, &tag, sizeof(tag));
	return results[0] ? BPF_DROP : BPF_OK; // BPF_OK: on to where that segment is
}
// endregion

char licence[] SEC("license") = "GPL";
