// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Includes headers of C's library, as many programs do. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup/connect4")
int redirect(struct bpf_sock_addr *ctx)
{
	struct sockaddr_in wanted;

	memset(&wanted, 0, sizeof(wanted));
	wanted.sin_family = AF_INET;
	return ctx->family == wanted.sin_family && ctx->protocol == IPPROTO_TCP;
}

char LICENSE[] SEC("license") = "GPL";
