// A section that says nothing to libbpf.
#include "bpf.h"

SEC("no_such_section")
int program(void *context)
{
	return 0;
}

char licence[] SEC("license") = "GPL";
