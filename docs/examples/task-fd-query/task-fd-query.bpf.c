#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int renamed;

SEC("raw_tp/task_rename")
int count(struct bpf_raw_tracepoint_args *context)
{
	renamed++;
	return 0;
}

char licence[] SEC("license") = "GPL";
