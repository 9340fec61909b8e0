import os

from bpfref.loader import bpf

with bpf.open("rcu-read-lock.bpf.o") as obj, obj.load() as coll:
    coll.programs["find_parent"].test_run()  # in this process
    parent = coll.variables["parent"]
    print("the parent as Python has it" if parent == os.getppid() else parent)
