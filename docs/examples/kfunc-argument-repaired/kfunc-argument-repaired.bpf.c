#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

// region ancestor
extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;
extern struct cgroup *bpf_cgroup_ancestor(struct cgroup *cgroup, int level) __ksym;
extern void bpf_cgroup_release(struct cgroup *cgroup) __ksym;

SEC("tc")
int level_of_root(struct __sk_buff *packet)
{
	struct task_struct *task = bpf_task_from_pid(1);
	struct cgroup *root;
	int level = -1;

	if (!task)
		return -1;
	root = bpf_cgroup_ancestor(task->cgroups->dfl_cgrp, 0); // its cgroup, which RCU protects here
	if (root) {
		level = root->level;
		bpf_cgroup_release(root);
	}
	bpf_task_release(task);
	return level;
}
// endregion

char licence[] SEC("license") = "GPL";
