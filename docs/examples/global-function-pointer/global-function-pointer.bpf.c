#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct counts {
	__u64 packets, bytes;
};

struct counts counts;

// region function
// Not static: it is verified once, by itself, for whatever a caller may pass.
__noinline int add(struct counts *to, __u32 bytes)
{
	to->packets++;
	to->bytes += bytes;
	return 0;
}

SEC("tc")
int count(struct __sk_buff *packet)
{
	return add(&counts, packet->len);
}
// endregion

char licence[] SEC("license") = "GPL";
