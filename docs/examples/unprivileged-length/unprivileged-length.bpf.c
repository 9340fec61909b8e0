#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

// region program
SEC("socket")
__attribute__((naked)) int long_one(struct __sk_buff *packet)
{
	asm volatile(".rept 5000;"
		     "r0 = 0;"
		     ".endr;"
		     "exit;");
}
// endregion

char licence[] SEC("license") = "GPL";
