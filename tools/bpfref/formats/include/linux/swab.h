/* Empty on purpose: bpf_endian.h of libbpf 0.0 includes this header, but only uses of its macros rest on it. */
