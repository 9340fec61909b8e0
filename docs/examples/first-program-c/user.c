#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

static struct bpf_map *variables;

static void send_signals(const char *when)
{
	__u64 signals = 0;
	__u32 key = 0;

	for (int turn = 0; turn < 3; turn++)
		kill(getpid(), 0); // signal 0 does nothing, and is a system call all the same
	// All variables of a section are one element of an array map.
	bpf_map__lookup_elem(variables, &key, sizeof(key), &signals, sizeof(signals), 0);
	printf("%s: %llu signals\n", when, signals);
}

int main(void)
{
	struct bpf_object *object = bpf_object__open("first-program-c.bpf.o");
	struct bpf_program *program;
	struct bpf_link *link;
	struct bpf_map *constants;
	__u32 watched = getpid();
	int error = 1;

	if (!object)
		return 1; // libbpf has said why
	constants = bpf_object__find_map_by_name(object, ".rodata");
	variables = bpf_object__find_map_by_name(object, ".bss");
	program = bpf_object__find_program_by_name(object, "on_kill");
	if (bpf_map__set_initial_value(constants, &watched, sizeof(watched)) || bpf_object__load(object))
		goto out;
	send_signals("loaded");
	link = bpf_program__attach(program); // its section says where
	if (!link)
		goto out;
	send_signals("attached");
	bpf_link__destroy(link);
	send_signals("detached");
	error = 0;
out:
	bpf_object__close(object);
	return error;
}
