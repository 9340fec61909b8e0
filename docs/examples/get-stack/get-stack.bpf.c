#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MOST 32

const volatile __u32 watched;
__u64 stack[MOST];
int size;

// region stack
SEC("ksyscall/getpgid")
int on_getpgid(void *context)
{
	if (bpf_get_current_pid_tgid() >> 32 == watched)
		size = bpf_get_stack(context, stack, sizeof(stack), 0); // bytes, or an errno below zero
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
