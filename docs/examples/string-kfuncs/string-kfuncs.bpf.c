#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int bpf_strcmp(const char *one, const char *other) __ksym;
extern int bpf_strstr(const char *text, const char *part) __ksym;
extern int bpf_strlen(const char *text) __ksym;

char text[64];
int length, same, found;

// region strings
SEC("tc")
int look(struct __sk_buff *packet)
{
	// Both texts may be anywhere in kernel memory; a bad address gives -EFAULT and not a crash.
	length = bpf_strlen(text);
	same = !bpf_strcmp(text, "/etc/passwd");
	found = bpf_strstr(text, "pass"); // where it begins, or -ENOENT
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
