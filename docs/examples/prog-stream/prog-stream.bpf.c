#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_stream_vprintk(int stream, const char *format, const void *values, __u32 size) __ksym;

// region program
SEC("syscall")
int report(void *context)
{
	bpf_stream_printk(BPF_STREAM_STDOUT, "%d apples", 3);
	bpf_stream_printk(BPF_STREAM_STDERR, "no pears");
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
