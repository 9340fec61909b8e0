// Writes a line for each task, and one for each element of a map.
#include "bpf.h"

struct seq_file;
struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct bpf_iter_meta {
	union {
		struct seq_file *seq;
	};
	__u64 session_id;
	__u64 seq_num;
};

struct bpf_iter__task {
	union {
		struct bpf_iter_meta *meta;
	};
	union {
		struct task_struct *task;
	};
};

struct bpf_iter__bpf_map_elem {
	union {
		struct bpf_iter_meta *meta;
	};
	union {
		void *map;
	};
	union {
		void *key;
	};
	union {
		void *value;
	};
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} shown SEC(".maps");

SEC("iter/task")
int tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (task) {
		int pid = __builtin_preserve_access_index(({ task->pid; }));

		bpf_seq_write(context->meta->seq, &pid, sizeof(pid));
	}
	return 0;
}

SEC("iter/bpf_map_elem")
int elements(struct bpf_iter__bpf_map_elem *context)
{
	__u64 *value = context->value;

	if (value)
		bpf_seq_write(context->meta->seq, value, sizeof(*value));
	return 0;
}

char licence[] SEC("license") = "GPL";
