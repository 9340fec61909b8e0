#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct order {
	__u32 item;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} orders SEC(".maps");

const struct order *unused; // brings the type into the object's BTF
__u64 items;

// region drain
static long take(struct bpf_dynptr *record, void *sum)
{
	struct order order;

	if (bpf_dynptr_read(&order, sizeof(order), record, 0, 0))
		return 0; // too short: user space may write anything
	*(__u64 *)sum += order.count;
	return order.item == 0; // 1 ends the walk, the rest stays for the next one
}

SEC("syscall")
int process(void *context)
{
	__u64 sum = 0;
	long drained = bpf_user_ringbuf_drain(&orders, take, &sum, 0);

	items += sum;
	return drained;
}
// endregion

char licence[] SEC("license") = "GPL";
