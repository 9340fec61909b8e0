#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define SIZE 1024

static int compare(const void *one, const void *other)
{
	__u64 left = *(__u64 *)one, right = *(__u64 *)other;

	return left < right ? -1 : left > right;
}

static void take(int map)
{
	static __u32 processes[SIZE];
	static __u64 counts[SIZE];
	__u32 position, count, found = 0;
	int error = 0, calls = 0;

	while (!error && found < SIZE) {
		count = SIZE - found; // room; afterwards, how many there were
		error = bpf_map_lookup_and_delete_batch(map, calls ? &position : NULL, &position, processes + found,
							counts + found, &count, NULL);
		if (error && error != -ENOENT) { // -ENOSPC: a bucket has more than there is room for
			fprintf(stderr, "batch: %d\n", error);
			return;
		}
		found += count; // with -ENOENT, which is the end, too
		calls++;
	}
	printf("%u processes in %d calls\n", found, calls);
	qsort(counts, found, sizeof(*counts), compare);
	for (__u32 number = 0; number < found; number++)
		printf("%llu calls of getppid\n", counts[number]);
}

static void start_children(void)
{
	for (int child = 1; child <= 3; child++)
		if (!fork()) {
			for (int turn = 0; turn < child * 100; turn++)
				syscall(SYS_getppid);
			_exit(0);
		} else {
			wait(NULL); // one after another: see "What it may miss"
		}
}

int main(void)
{
	struct bpf_object *object = bpf_object__open("process-counter.bpf.o");
	struct bpf_link *link;
	int map;

	if (!object || bpf_object__load(object))
		return 1; // libbpf has said why
	map = bpf_object__find_map_fd_by_name(object, "calls");
	link = bpf_program__attach(bpf_object__find_program_by_name(object, "on_getppid"));
	if (!link)
		return 1;
	start_children();
	take(map);
	take(map); // they have been taken out
	bpf_link__destroy(link);
	bpf_object__close(object);
	return 0;
}
