#include <linux/bpf.h>
#include <stddef.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node, void *meta, __u64 offset) __ksym;
extern struct bpf_list_node *bpf_list_pop_front(struct bpf_list_head *head) __ksym;

struct item {
	__u64 length;
	struct bpf_list_node node;
};

struct queue {
	struct bpf_spin_lock lock;
	struct bpf_list_head items __attribute__((btf_decl_tag("contains:item:node")));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct queue);
} queues SEC(".maps");

SEC("tc")
int put(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct queue *queue = bpf_map_lookup_elem(&queues, &key);
	struct item *item;

	if (!queue)
		return -1;
	item = bpf_obj_new_impl(bpf_core_type_id_local(struct item), NULL);
	if (!item)
		return -1;
	item->length = packet->len;
	bpf_spin_lock(&queue->lock);
	bpf_list_push_back_impl(&queue->items, &item->node, NULL, 0);
	bpf_spin_unlock(&queue->lock);
	return 0;
}

// region take
SEC("tc")
int take(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct queue *queue = bpf_map_lookup_elem(&queues, &key);
	struct bpf_list_node *node;

	if (!queue)
		return -1;
	bpf_spin_lock(&queue->lock);
	node = bpf_list_pop_front(&queue->items);
	bpf_spin_unlock(&queue->lock);
	if (!node)
		return 0;
	bpf_obj_drop_impl(node, NULL); // 8 bytes behind the beginning of the item
	return 1;
}
// endregion

char licence[] SEC("license") = "GPL";
