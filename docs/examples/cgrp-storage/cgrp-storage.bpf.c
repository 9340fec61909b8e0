#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC); // this type demands it; max_entries stays 0
	__type(key, int);
	__type(value, __u64);
} moved SEC(".maps");
// endregion

// region storage
SEC("tp_btf/cgroup_attach_task")
int BPF_PROG(on_move, struct cgroup *group, const char *path, struct task_struct *task, bool all_threads)
{
	__u64 *count = bpf_cgrp_storage_get(&moved, group, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
