// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

u64 bytes;

SEC("fentry/vfs_read")
int BPF_PROG(reading, struct file *file, char *buf, size_t count)
{
	if (file->f_flags)
		/* Relaxed: v5.10 knows no other atomic addition than the one without result. */
		__atomic_fetch_add(&bytes, count, __ATOMIC_RELAXED);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
