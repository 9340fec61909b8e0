from bpfref.loader import bpf

with bpf.open("trusted-pointer-repaired.bpf.o") as obj, obj.load() as coll:
    coll.programs["count_cgroups"].test_run(bytes(64))
    if coll.variables["cgroups"] >= 1:  # the root itself
        print("one cgroup at least")
