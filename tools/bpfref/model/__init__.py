"""What bpfref knows about: frozen values without input or output."""
