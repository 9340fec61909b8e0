#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define NET_XMIT_SUCCESS 0
#define NET_XMIT_DROP 1
#define LONGEST 500

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;
extern int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node, void *meta, __u64 offset) __ksym;
extern struct bpf_list_node *bpf_list_pop_front(struct bpf_list_head *head) __ksym;
extern void bpf_kfree_skb(struct sk_buff *packet) __ksym;
extern void bpf_qdisc_skb_drop(struct sk_buff *packet, struct bpf_sk_buff_ptr *dropped) __ksym;
extern void bpf_qdisc_bstats_update(struct Qdisc *queue, const struct sk_buff *packet) __ksym;

__u32 refused;

// region queue
struct kept { // a packet can only be kept in memory that a list owns
	struct bpf_list_node node;
	struct sk_buff __kptr *packet;
};

// Hidden, for user space may not map memory that has a lock in it.
#define private SEC(".data.queue") __hidden __attribute__((aligned(8)))
struct bpf_spin_lock lock private;
struct bpf_list_head all_kept private __attribute__((btf_decl_tag("contains:kept:node")));

static struct sk_buff *take(void)
{
	struct bpf_list_node *node;
	struct sk_buff *packet;
	struct kept *kept;

	bpf_spin_lock(&lock);
	node = bpf_list_pop_front(&all_kept);
	bpf_spin_unlock(&lock);
	if (!node)
		return NULL;
	kept = container_of(node, struct kept, node);
	packet = bpf_kptr_xchg(&kept->packet, NULL);
	bpf_obj_drop_impl(kept, NULL);
	return packet;
}
// endregion

// region operations
SEC("struct_ops/enqueue")
int BPF_PROG(enqueue, struct sk_buff *packet, struct Qdisc *queue, struct bpf_sk_buff_ptr *dropped)
{
	struct kept *kept;

	if (packet->len > LONGEST) {
		refused++;
		bpf_qdisc_skb_drop(packet, dropped);
		return NET_XMIT_DROP;
	}
	kept = bpf_obj_new_impl(bpf_core_type_id_local(struct kept), NULL);
	if (!kept) {
		bpf_qdisc_skb_drop(packet, dropped);
		return NET_XMIT_DROP;
	}
	packet = bpf_kptr_xchg(&kept->packet, packet); // the kept holds it now
	if (packet) // what was there before: nothing, which the verifier does not know
		bpf_qdisc_skb_drop(packet, dropped);
	bpf_spin_lock(&lock);
	bpf_list_push_back_impl(&all_kept, &kept->node, NULL, 0);
	bpf_spin_unlock(&lock);
	queue->q.qlen++;
	return NET_XMIT_SUCCESS;
}

SEC("struct_ops/dequeue")
struct sk_buff *BPF_PROG(dequeue, struct Qdisc *queue)
{
	struct sk_buff *packet = take();

	if (!packet)
		return NULL;
	queue->q.qlen--;
	bpf_qdisc_bstats_update(queue, packet);
	return packet; // the kernel's again
}

SEC("struct_ops/init")
int BPF_PROG(init, struct Qdisc *queue, struct nlattr *options, struct netlink_ext_ack *answer)
{
	return 0;
}

SEC("struct_ops/reset")
void BPF_PROG(reset, struct Qdisc *queue)
{
	struct sk_buff *packet;
	int number;

	bpf_for(number, 0, queue->q.qlen) {
		packet = take();
		if (packet)
			bpf_kfree_skb(packet);
	}
	queue->q.qlen = 0;
}

SEC("struct_ops/destroy")
void BPF_PROG(destroy, struct Qdisc *queue)
{
}

SEC(".struct_ops")
struct Qdisc_ops only_short = {
	.enqueue = (void *)enqueue,
	.dequeue = (void *)dequeue,
	.init = (void *)init,
	.reset = (void *)reset,
	.destroy = (void *)destroy,
	.id = "only_short",
};
// endregion

char licence[] SEC("license") = "GPL";
