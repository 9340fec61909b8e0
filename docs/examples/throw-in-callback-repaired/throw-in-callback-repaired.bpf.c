#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

extern void bpf_throw(__u64 cookie) __ksym;

// region throw
struct search {
	__u32 length, found;
};

static long check(__u64 round, struct search *search)
{
	search->found = search->length >> round == 1000;
	return search->found; // 1 ends the loop
}

SEC("tc")
int inspect(struct __sk_buff *packet)
{
	struct search search = {.length = packet->len};

	bpf_loop(4, check, &search, 0);
	if (search.found)
		bpf_throw(TC_ACT_SHOT);
	return TC_ACT_OK;
}
// endregion

char licence[] SEC("license") = "GPL";
