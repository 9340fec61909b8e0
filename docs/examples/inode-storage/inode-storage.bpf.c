#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

// region map
struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC); // this type demands it; max_entries stays 0
	__type(key, int);
	__type(value, __u32);
} opens_left SEC(".maps");
// endregion

// region storage
SEC("lsm/file_open")
int BPF_PROG(on_open, struct file *file)
{
	__u32 *left = bpf_inode_storage_get(&opens_left, file->f_inode, 0, 0);

	if (!left)
		return 0; // user space did not limit this file
	if (!*left)
		return -13; // EACCES, which vmlinux.h does not have
	--*left;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
