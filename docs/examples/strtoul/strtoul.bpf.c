#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

const char ttl[] = "net/ipv4/ip_default_ttl";

// region limit
SEC("cgroup/sysctl")
int limit(struct bpf_sysctl *context)
{
	char name[sizeof(ttl)] = {}, text[8] = {};
	unsigned long value = 0; // older kernels want to see it set
	int length;

	if (!context->write)
		return 1;
	if (bpf_sysctl_get_name(context, name, sizeof(name), 0) != sizeof(ttl) - 1)
		return 1; // a shorter name, or E2BIG for a longer one
	if (__builtin_memcmp(name, ttl, sizeof(ttl)))
		return 1;
	length = bpf_sysctl_get_new_value(context, text, sizeof(text));
	if (length < 0)
		return 0;
	// It reads up to the first character that is no digit, and says how many it took.
	if (bpf_strtoul(text, sizeof(text), 0, &value) <= 0)
		return 0;
	return value >= 32 && value <= 128;
}
// endregion

char licence[] SEC("license") = "GPL";
