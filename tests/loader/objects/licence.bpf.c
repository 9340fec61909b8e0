// Calls a helper that only programs under the GPL may call.
#include "bpf.h"

SEC("kprobe/__x64_sys_getpgid")
int restricted(void *context)
{
	char name[16];

	bpf_probe_read_kernel(name, sizeof(name), context);
	return name[0];
}

char licence[] SEC("license") = "Proprietary";
