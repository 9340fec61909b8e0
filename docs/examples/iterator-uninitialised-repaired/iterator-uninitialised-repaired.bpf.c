#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region loop
SEC("tc")
int find(struct __sk_buff *packet)
{
	struct bpf_iter_num numbers;
	int *number, found = 0;

	bpf_iter_num_new(&numbers, 1, 1000);
	while ((number = bpf_iter_num_next(&numbers))) {
		found = *number;
		if (found * found >= packet->len)
			break;
	}
	bpf_iter_num_destroy(&numbers);
	return found;
}
// endregion

char licence[] SEC("license") = "GPL";
