#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char text[16];
int number;

// region probes
SEC("uprobe")
int BPF_KPROBE(atoi_called, const char *argument)
{
	bpf_probe_read_user_str(text, sizeof(text), argument);
	return 0;
}

SEC("uretprobe")
int BPF_KRETPROBE(atoi_returns, int result)
{
	number = result;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
