#include "bpf.h"
struct tcp_congestion_ops { u32 (*ssthresh)(void *sk); u32 (*undo_cwnd)(void *sk); void (*cong_avoid)(void *sk, u32 a, u32 b); char name[16]; };
SEC("struct_ops/ssthresh") u32 ssthresh(void *c) { return 2; }
SEC("struct_ops/undo_cwnd") u32 undo_cwnd(void *c) { return 2; }
SEC("struct_ops/cong_avoid") void cong_avoid(void *c) {}
SEC(".struct_ops") struct tcp_congestion_ops ours = { (void *)ssthresh, (void *)undo_cwnd, (void *)cong_avoid, "ours" };
LICENCE("GPL");
