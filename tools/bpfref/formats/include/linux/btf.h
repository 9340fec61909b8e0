/* Empty on purpose: libbpf's btf.h includes this header, but its declarations only point to what it has. */
