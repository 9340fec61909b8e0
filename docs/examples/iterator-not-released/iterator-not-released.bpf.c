#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region loop
SEC("tc")
int find(struct __sk_buff *packet)
{
	struct bpf_iter_num numbers;
	int *number;

	bpf_iter_num_new(&numbers, 1, 1000);
	while ((number = bpf_iter_num_next(&numbers))) {
		if (*number * *number >= packet->len)
			return *number; // out of the loop, and the iterator goes on
	}
	bpf_iter_num_destroy(&numbers);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
