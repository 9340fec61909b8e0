#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MEMORY 1 /* the major number of /dev/null, /dev/zero, /dev/full, … */
#define ZERO 5

// region program
SEC("cgroup/dev")
int only_read_zero(struct bpf_cgroup_dev_ctx *device)
{
	__u32 access = device->access_type >> 16; // the kind of device is in the lower half

	if (access & BPF_DEVCG_ACC_MKNOD)
		return 0;
	if (device->major == MEMORY && device->minor == ZERO)
		return !(access & BPF_DEVCG_ACC_WRITE);
	return 1; // everything else is as it was
}
// endregion

char licence[] SEC("license") = "GPL";
