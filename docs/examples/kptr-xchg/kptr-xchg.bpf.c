#include <linux/bpf.h>
#include <stddef.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern void *bpf_refcount_acquire_impl(void *object, void *meta) __ksym;

// region exchange
struct record {
	struct bpf_refcount holders; // the last of them frees it
	__u32 length;
};

struct slot {
	struct record __kptr *record; // what is here at the end is freed with the map
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

SEC("tc")
int replace(struct __sk_buff *packet)
{
	__u32 key = 0, before = 0;
	struct slot *slot = bpf_map_lookup_elem(&slots, &key);
	struct record *record, *old;

	if (!slot)
		return -1;
	record = bpf_obj_new_impl(bpf_core_type_id_local(struct record), NULL);
	if (!record)
		return -1;
	record->length = packet->len;
	// One reference goes to the map, and may be gone at once; the other is ours to go on with.
	old = bpf_kptr_xchg(&slot->record, bpf_refcount_acquire_impl(record, NULL));
	if (old) {
		before = old->length;
		bpf_obj_drop_impl(old, NULL);
	}
	before = before * 1000 + record->length;
	bpf_obj_drop_impl(record, NULL);
	return before;
}
// endregion

char licence[] SEC("license") = "GPL";
