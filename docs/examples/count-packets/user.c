#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

struct traffic {
	__u64 packets, bytes;
};

static void send_three(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);

	bind(receiver, (void *)&address, size); // port 0: any that is free
	getsockname(receiver, (void *)&address, &size);
	for (int turn = 0; turn < 3; turn++)
		sendto(sender, "hello", 5, 0, (void *)&address, size);
}

static void print(const struct bpf_map *map, const char *name, __u32 protocol)
{
	int cpus = libbpf_num_possible_cpus();
	struct traffic *each = calloc(cpus, sizeof(*each)), sum = {}; // a value for each CPU, one after another

	bpf_map__lookup_elem(map, &protocol, sizeof(protocol), each, cpus * sizeof(*each), 0);
	for (int cpu = 0; cpu < cpus; cpu++) {
		sum.packets += each[cpu].packets;
		sum.bytes += each[cpu].bytes;
	}
	printf("%s: %llu packets, %llu bytes\n", name, sum.packets, sum.bytes);
	free(each);
}

int main(void)
{
	struct bpf_object *object = bpf_object__open("count-packets.bpf.o");
	struct bpf_link *link;
	struct bpf_map *map;

	if (!object || bpf_object__load(object))
		return 1; // libbpf has said why
	map = bpf_object__find_map_by_name(object, "by_protocol");
	link = bpf_program__attach_xdp(bpf_object__find_program_by_name(object, "count"), if_nametoindex("lo"));
	if (!link)
		return 1;
	send_three();
	print(map, "ICMP", IPPROTO_ICMP);
	print(map, "TCP", IPPROTO_TCP);
	print(map, "UDP", IPPROTO_UDP);
	bpf_link__destroy(link); // takes the program off the device
	bpf_object__close(object);
	return 0;
}
