#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define EACCES 13

const volatile __u64 guarded_inode;
const volatile __u32 guarded_device;
__u32 refused;

// region hook
SEC("lsm/file_open")
int BPF_PROG(guard, struct file *file, int before)
{
	struct inode *inode = file->f_inode;

	if (before)
		return before; // another program refused: keep that
	// An inode's number is unique in its file system alone, so this is looked at too.
	if (inode->i_ino != guarded_inode || inode->i_sb->s_dev != guarded_device)
		return 0;
	__sync_fetch_and_add(&refused, 1);
	return -EACCES;
}
// endregion

char licence[] SEC("license") = "GPL";
