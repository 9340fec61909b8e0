"""bpfref: the eBPF reference that takes no fact on trust."""
