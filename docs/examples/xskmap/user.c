#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define FRAMES 8
#define FRAME_SIZE 2048

static void must(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

// region ring
struct ring { // the kernel moves one of the counters, the program the other
	__u32 *producer, *consumer;
	void *entries;
};

static struct ring map_ring(int fd, int option, __u64 place, const struct xdp_ring_offset *at, size_t entry)
{
	int entries = FRAMES;
	char *memory;

	must(!setsockopt(fd, SOL_XDP, option, &entries, sizeof(entries)), "ring");
	memory = mmap(NULL, at->desc + FRAMES * entry, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, place);
	must(memory != MAP_FAILED, "mmap");
	return (struct ring){ (void *)(memory + at->producer), (void *)(memory + at->consumer), memory + at->desc };
}
// endregion

static int open_sender(const char *device)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(device) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	must(!bind(fd, (void *)&address, sizeof(address)), "bind");
	return fd;
}

int main(void)
{
	struct xdp_umem_reg memory = { .len = FRAMES * FRAME_SIZE, .chunk_size = FRAME_SIZE };
	struct sockaddr_xdp address = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY };
	char frame[60] = "\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x01\x88\xb5" "hello", *packets;
	struct xdp_mmap_offsets at;
	socklen_t size = sizeof(at);
	struct ring free_frames, received;
	struct bpf_object *object;
	struct pollfd ready;
	int fd, map, sender, entries = FRAMES;
	__u32 queue = 0;

	must(!system("ip link add out type veth peer name in; ip link set out up; ip link set in up"), "ip");
	object = bpf_object__open("xskmap.bpf.o");
	must(object && !bpf_object__load(object), "load");

	// region socket
	packets = mmap(NULL, memory.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memory.addr = (__u64)packets; // the frames lie in memory of this program
	fd = socket(AF_XDP, SOCK_RAW, 0);
	must(!setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &memory, sizeof(memory)), "memory");
	must(!getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &size), "offsets");
	must(!setsockopt(fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, &entries, sizeof(entries)), "completion");
	free_frames = map_ring(fd, XDP_UMEM_FILL_RING, XDP_UMEM_PGOFF_FILL_RING, &at.fr, sizeof(__u64));
	received = map_ring(fd, XDP_RX_RING, XDP_PGOFF_RX_RING, &at.rx, sizeof(struct xdp_desc));
	for (int number = 0; number < FRAMES; number++)
		((__u64 *)free_frames.entries)[number] = number * FRAME_SIZE;
	__atomic_store_n(free_frames.producer, FRAMES, __ATOMIC_RELEASE); // all are the kernel's to fill
	address.sxdp_ifindex = if_nametoindex("in");
	must(!bind(fd, (void *)&address, sizeof(address)), "bind");
	// endregion

	// region map
	map = bpf_object__find_map_fd_by_name(object, "sockets");
	must(bpf_program__attach_xdp(bpf_object__find_program_by_name(object, "steer"), address.sxdp_ifindex) != NULL, "attach");
	ready = (struct pollfd){ .fd = fd, .events = POLLIN };
	sender = open_sender("out");
	send(sender, frame, sizeof(frame), 0);
	printf("not in the map: %d frames\n", poll(&ready, 1, 200));
	must(!bpf_map_update_elem(map, &queue, &fd, BPF_ANY), "update");
	send(sender, frame, sizeof(frame), 0);
	printf("in the map: %d frames\n", poll(&ready, 1, 2000));
	// endregion

	// region receive
	while (__atomic_load_n(received.producer, __ATOMIC_ACQUIRE) != *received.consumer) {
		struct xdp_desc *next = (struct xdp_desc *)received.entries + *received.consumer % FRAMES;

		printf("%u bytes: %s\n", next->len, packets + next->addr + ETH_HLEN);
		__atomic_store_n(received.consumer, *received.consumer + 1, __ATOMIC_RELEASE);
	}
	// endregion
	return 0;
}
