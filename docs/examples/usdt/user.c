#include <stdio.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

// region probe
// A static probe is an instruction that does nothing, and a note in the ELF file: where the
// instruction is, who made it, what it is called, and where its arguments are then: here a signed
// number of four bytes, in the register or memory that the compiler chose.
#define PROBE(provider, name, value)                                       \
	asm volatile("990: nop\n"                                          \
		     ".pushsection .note.stapsdt, \"\", \"note\"\n"        \
		     ".balign 4\n"                                         \
		     ".4byte 992f - 991f, 994f - 993f, 3\n"                \
		     "991: .asciz \"stapsdt\"\n"                           \
		     "992: .balign 4\n"                                    \
		     "993: .8byte 990b, 0, 0\n"                            \
		     ".asciz \"" provider "\", \"" name "\", \"-4@%0\"\n"  \
		     "994: .balign 4\n"                                    \
		     ".popsection"                                         \
		     :                                                     \
		     : "nor"(value))

__attribute__((noinline)) static void order(int amount)
{
	PROBE("shop", "order", amount);
}
// endregion

// region user
int main(void)
{
	struct bpf_object *object = bpf_object__open("usdt.bpf.o");
	struct { __s32 last; __u32 orders; } found;
	struct bpf_program *program;
	struct bpf_link *link;
	struct bpf_map *map;
	__u32 key = 0;

	if (!object || bpf_object__load(object))
		return 1;
	program = bpf_object__find_program_by_name(object, "ordered");
	map = bpf_object__find_map_by_name(object, ".bss");
	order(1);
	link = bpf_program__attach_usdt(program, 0, "/proc/self/exe", "shop", "order", NULL); // 0: this process
	if (!link)
		return 1;
	order(20);
	order(-3);
	bpf_link__destroy(link);
	order(400);
	if (bpf_map_lookup_elem(bpf_map__fd(map), &key, &found))
		return 1;
	printf("%u orders seen, the last of %d\n", found.orders, found.last);
	bpf_object__close(object);
	return 0;
}
// endregion
