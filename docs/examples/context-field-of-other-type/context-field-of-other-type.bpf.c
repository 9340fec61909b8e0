#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region filter
SEC("socket")
int filter(struct __sk_buff *packet)
{
	char *data = (void *)(long)packet->data; // is there for tc and others, not for socket filters
	char *end = (void *)(long)packet->data_end;

	if (data + 1 > end)
		return 0;
	return data[0] == '#' ? 0 : packet->len;
}
// endregion

char licence[] SEC("license") = "GPL";
