/* Empty on purpose: linux/bpf.h includes this header, but none of its constants rest on it. */
