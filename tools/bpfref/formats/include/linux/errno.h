/* Empty on purpose: libbpf's usdt.bpf.h includes this header, but only bodies of functions rest on it. */
