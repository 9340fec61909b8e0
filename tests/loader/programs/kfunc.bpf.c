// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

pid_t found;

SEC("tp_btf/task_newtask")
int BPF_PROG(born, struct task_struct *task, u64 clone_flags)
{
	struct task_struct *one = bpf_task_from_pid(1);

	if (one) {
		found = one->pid;
		bpf_task_release(one);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
