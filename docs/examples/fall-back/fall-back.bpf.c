#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

int clock = -1; // which one was taken

// region program
SEC("tc")
int stamp(struct __sk_buff *packet)
{
	__u64 now;

	// libbpf asks the running kernel's BTF, and writes 0 or 1 here before the program is loaded.
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_ktime_get_tai_ns)) {
		now = bpf_ktime_get_tai_ns(); // v5.10 never sees this call: the branch is dead
		clock = 1;
	} else {
		now = bpf_ktime_get_ns();
		clock = 0;
	}
	return now != 0;
}
// endregion

// region optional
SEC("?tc") // not loaded unless user space says so
int modern(struct __sk_buff *packet)
{
	return bpf_ktime_get_tai_ns() != 0;
}
// endregion

char licence[] SEC("license") = "GPL";
