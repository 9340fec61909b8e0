#include <linux/bpf.h>
#include <stddef.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;

// region store
struct record {
	__u32 length;
};

struct slot {
	struct record __kptr *record;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

SEC("tc")
int keep(struct __sk_buff *packet)
{
	__u32 key = 0, before = 0;
	struct slot *slot = bpf_map_lookup_elem(&slots, &key);
	struct record *record;

	if (!slot)
		return -1;
	record = bpf_obj_new_impl(bpf_core_type_id_local(struct record), NULL);
	if (!record)
		return -1;
	record->length = packet->len;
	record = bpf_kptr_xchg(&slot->record, record);
	if (record) {
		before = record->length;
		bpf_obj_drop_impl(record, NULL);
	}
	return before;
}
// endregion

char licence[] SEC("license") = "GPL";
