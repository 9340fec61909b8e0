#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char line[32];

// region format
char format[] = "%u bytes"; // in .data, where user space may change it

SEC("tc")
int describe(struct __sk_buff *packet)
{
	__u64 values[] = { packet->len };

	return bpf_snprintf(line, sizeof(line), format, values, sizeof(values));
}
// endregion

char licence[] SEC("license") = "GPL";
