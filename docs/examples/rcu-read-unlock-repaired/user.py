import os

from bpfref.loader import bpf

with bpf.open("rcu-read-unlock-repaired.bpf.o") as obj, obj.load() as coll:
    coll.programs["find_leader"].test_run()
    leader = coll.variables["leader"]
    print("the leader of the parent" if leader == os.getppid() else leader)
