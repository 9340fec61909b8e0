import os

from bpfref.loader import bpf

with bpf.open("kfunc-needs-rcu-section-repaired.bpf.o") as obj:
    obj.rodata["wanted"] = os.getpid()
    with obj.load() as coll:
        coll.programs["count"].test_run()
        seen = coll.variables
        if seen["found"] and seen["processes"] > 1:
            print("this process is among them")
