"""What a BPF object needs of a kernel, and which releases have it: facts and the lab's answers, no kernel.

`needs` turns an object into needs; `span` says of one need which releases have it; `judge` says it of
the object as a whole; `report` puts it into words. `kernel` looks into the BTF of one kernel.
"""
