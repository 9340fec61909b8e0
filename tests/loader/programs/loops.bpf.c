// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Numbers walked by the kernel's open-coded iterator, whose state is a struct of vmlinux.h. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

u64 sum;

SEC("syscall")
int add(void *ctx)
{
	struct bpf_iter_num it;
	int *number;

	sum = 0;
	bpf_iter_num_new(&it, 0, 100);
	while ((number = bpf_iter_num_next(&it)))
		sum += *number;
	bpf_iter_num_destroy(&it);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
