// levels: v4
#include "bpf.h"
struct ctx { u32 len; u32 mark; };
SEC("tc") int f(struct ctx *c)
{
	switch (c->len) {
	case 0: return 11; case 1: return 7; case 2: return 9; case 3: return 21; case 4: return 3; case 5: return 8;
	case 6: return c->mark; case 7: return 1; case 8: return 90; case 9: return 12; case 10: return 40; case 11: return 5;
	}
	return 0;
}
LICENCE("GPL");
