#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

extern struct cgroup *bpf_cgroup_from_id(u64 id) __ksym;
extern void bpf_cgroup_release(struct cgroup *cgroup) __ksym;
extern int bpf_iter_css_new(struct bpf_iter_css *it, struct cgroup_subsys_state *start, unsigned int flags) __ksym;
extern struct cgroup_subsys_state *bpf_iter_css_next(struct bpf_iter_css *it) __ksym;
extern void bpf_iter_css_destroy(struct bpf_iter_css *it) __ksym;

int cgroups;

// region count
SEC("tc")
int count_cgroups(struct __sk_buff *packet)
{
	struct cgroup *cgroup = bpf_cgroup_from_id(1);
	struct bpf_iter_css all;

	if (!cgroup)
		return -1;
	bpf_iter_css_new(&all, &cgroup->root->cgrp.self, BPF_CGROUP_ITER_DESCENDANTS_PRE);
	while (bpf_iter_css_next(&all))
		cgroups++;
	bpf_iter_css_destroy(&all);
	bpf_cgroup_release(cgroup);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
