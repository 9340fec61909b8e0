#include <linux/bpf.h>
#include <stddef.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node, void *meta, __u64 offset) __ksym;
extern struct bpf_list_node *bpf_list_pop_front(struct bpf_list_head *head) __ksym;

// region push
struct item {
	struct bpf_list_node by_age;
	struct bpf_list_node by_size;
	__u32 length;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct {
		struct bpf_spin_lock lock;
		struct bpf_list_head head __attribute__((btf_decl_tag("contains:item:by_age")));
	});
} ages SEC(".maps");

SEC("tc")
int put(struct __sk_buff *packet)
{
	__u32 key = 0;
	typeof(*ages.value) *list = bpf_map_lookup_elem(&ages, &key);
	struct item *item;

	if (!list)
		return -1;
	item = bpf_obj_new_impl(bpf_core_type_id_local(struct item), NULL);
	if (!item)
		return -1;
	item->length = packet->len;
	bpf_spin_lock(&list->lock);
	bpf_list_push_back_impl(&list->head, &item->by_age, NULL, 0);
	bpf_spin_unlock(&list->lock);
	return 0;
}
// endregion

SEC("tc")
int take(struct __sk_buff *packet)
{
	__u32 key = 0, length;
	typeof(*ages.value) *list = bpf_map_lookup_elem(&ages, &key);
	struct bpf_list_node *node;
	struct item *item;

	if (!list)
		return -1;
	bpf_spin_lock(&list->lock);
	node = bpf_list_pop_front(&list->head);
	bpf_spin_unlock(&list->lock);
	if (!node)
		return 0;
	item = container_of(node, struct item, by_age);
	length = item->length;
	bpf_obj_drop_impl(item, NULL);
	return length;
}

char licence[] SEC("license") = "GPL";
