// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile u32 denied = 4242;

SEC("lsm/file_open")
int BPF_PROG(opening, struct file *file)
{
	return (u32)bpf_get_current_uid_gid() == denied ? -1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
