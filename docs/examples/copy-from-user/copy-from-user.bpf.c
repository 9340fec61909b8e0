#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char text[32];
int result = 1;

// region copy
struct request {
	__u64 address; // of the process that runs this program
	__u32 length;
};

SEC("syscall")
int read_text(struct request *request)
{
	__u32 length = request->length;

	if (length > sizeof(text))
		length = sizeof(text);
	// It may wait until the page is there, where bpf_probe_read_user answers EFAULT.
	result = bpf_copy_from_user(text, length, (void *)(long)request->address);
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
