#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>

#define LIMIT 64

// region program
SEC("cgroup/setsockopt")
int limit(struct bpf_sockopt *option)
{
	int *ttl = option->optval;

	if (option->level != IPPROTO_IP || option->optname != IP_TTL)
		return 1;
	if ((void *)(ttl + 1) > option->optval_end)
		return 0; // the verifier wants to see this test
	if (option->optlen < (int)sizeof(*ttl))
		return 0; // setsockopt() fails with EPERM; the buffer is never smaller than 16 bytes
	if (*ttl > LIMIT)
		*ttl = LIMIT;
	return 1; // go on, with the value as it is now
}
// endregion

char licence[] SEC("license") = "GPL";
