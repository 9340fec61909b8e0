#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char seen[128];

// region access
SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	char name[16];
	int letter;

	bpf_get_current_comm(name, sizeof(name));
	letter = name[0]; // a char is signed, -128 to 127: a name need not be ASCII
	seen[letter] = 1;
	return 0;
}
// endregion

char licence[] SEC("license") = "GPL";
