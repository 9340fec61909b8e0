#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

extern void bpf_throw(__u64 cookie) __ksym;

int handled;

// region throw
static __noinline __u32 hundreds(__u32 length)
{
	if (length > 1000)
		bpf_throw(length); // ends the program, through all functions
	return length / 100;
}

// Called with the cookie instead of what would have come after; its result is the program's.
__noinline int handle(__u64 cookie)
{
	handled++;
	return cookie > 2000 ? TC_ACT_SHOT : TC_ACT_OK;
}

SEC("tc")
__attribute__((btf_decl_tag("exception_callback:handle")))
int inspect(struct __sk_buff *packet)
{
	return 100 + hundreds(packet->len);
}
// endregion

char licence[] SEC("license") = "GPL";
