#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
typedef bool less_function(struct bpf_rb_node *one, const struct bpf_rb_node *other);
extern int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node, less_function *less, void *meta, __u64 offset) __ksym;
extern struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root) __ksym;
extern struct bpf_rb_node *bpf_rbtree_remove(struct bpf_rb_root *root, struct bpf_rb_node *node) __ksym;

// region tree
struct item {
	struct bpf_rb_node node;
	__u32 length;
};

struct tree {
	struct bpf_spin_lock lock;
	struct bpf_rb_root root __attribute__((btf_decl_tag("contains:item:node")));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tree);
} trees SEC(".maps");

static bool shorter(struct bpf_rb_node *one, const struct bpf_rb_node *other)
{
	return container_of(one, struct item, node)->length < container_of(other, struct item, node)->length;
}

SEC("tc")
int put(struct __sk_buff *packet)
{
	__u32 key = 0;
	struct tree *tree = bpf_map_lookup_elem(&trees, &key);
	struct item *item;

	if (!tree)
		return -1;
	item = bpf_obj_new_impl(bpf_core_type_id_local(struct item), NULL);
	if (!item)
		return -1;
	item->length = packet->len;
	bpf_spin_lock(&tree->lock);
	bpf_rbtree_add_impl(&tree->root, &item->node, shorter, NULL, 0);
	bpf_spin_unlock(&tree->lock);
	return 0;
}

SEC("tc")
int take_shortest(struct __sk_buff *packet)
{
	__u32 key = 0, length;
	struct tree *tree = bpf_map_lookup_elem(&trees, &key);
	struct bpf_rb_node *node;
	struct item *item;

	if (!tree)
		return -1;
	bpf_spin_lock(&tree->lock);
	node = bpf_rbtree_first(&tree->root); // still the tree's: to read, not to keep
	if (node)
		node = bpf_rbtree_remove(&tree->root, node); // the program's
	bpf_spin_unlock(&tree->lock);
	if (!node)
		return 0;
	item = container_of(node, struct item, node);
	length = item->length;
	bpf_obj_drop_impl(item, NULL);
	return length;
}
// endregion

char licence[] SEC("license") = "GPL";
