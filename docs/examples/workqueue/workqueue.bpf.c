#include <linux/bpf.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>

typedef int work_function(void *map, int *key, void *value);

extern int bpf_wq_init(struct bpf_wq *queue, void *map, unsigned int flags) __ksym;
extern int bpf_wq_start(struct bpf_wq *queue, unsigned int flags) __ksym;
// One has taken the place of the other: libbpf looks which the running kernel has.
extern int bpf_wq_set_callback(struct bpf_wq *queue, work_function *work, unsigned int flags) __weak __ksym;
extern int bpf_wq_set_callback_impl(struct bpf_wq *queue, work_function *work, unsigned int flags, void *aux) __weak __ksym;

// region work
struct job {
	struct bpf_wq queue;
	int done;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, struct job);
} jobs SEC(".maps");

static int work(void *map, int *key, void *value)
{
	struct job *job = value;

	job->done++; // in a kernel thread, where helpers that sleep may be called
	return 0;
}

SEC("tc")
int start(struct __sk_buff *packet)
{
	int key = 0;
	struct job *job = bpf_map_lookup_elem(&jobs, &key);

	if (!job || bpf_wq_init(&job->queue, &jobs, 0))
		return 1;
	if (bpf_ksym_exists(bpf_wq_set_callback))
		bpf_wq_set_callback(&job->queue, work, 0);
	else
		bpf_wq_set_callback_impl(&job->queue, work, 0, NULL);
	return bpf_wq_start(&job->queue, 0);
}
// endregion

char licence[] SEC("license") = "GPL";
