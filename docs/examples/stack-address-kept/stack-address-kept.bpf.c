#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct parser {
	char *name;
	int length;
};

// region keep
static __noinline int read_name(struct parser *parser)
{
	char name[16];

	bpf_get_current_comm(name, sizeof(name));
	parser->name = name; // the array ends with this function
	parser->length = sizeof(name);
	return 0;
}

SEC("raw_tp/task_rename")
int renamed(struct bpf_raw_tracepoint_args *context)
{
	struct parser parser = {};

	read_name(&parser);
	return parser.length && parser.name[0];
}
// endregion

char licence[] SEC("license") = "GPL";
