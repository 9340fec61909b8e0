#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} names_lost SEC(".maps");

// region storage
SEC("lsm/inode_unlink")
int BPF_PROG(on_unlink, struct inode *directory, struct dentry *entry)
{
	__u32 *count;

	// The parameter is a void pointer: C takes the entry for the inode.
	count = bpf_inode_storage_get(&names_lost, entry, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (count)
		++*count;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
