#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct counts {
	__u64 packets, bytes;
};

struct counts counts;
__u64 bytes_in_all;

// region function
__noinline int add(struct counts *to, __u32 bytes)
{
	if (!to)
		return -1;
	to->packets++;
	to->bytes += bytes;
	return 0;
}

SEC("tc")
int count(struct __sk_buff *packet)
{
	int failed = add(&counts, packet->len);

	bytes_in_all = counts.bytes;
	return failed;
}
// endregion

char licence[] SEC("license") = "GPL";
