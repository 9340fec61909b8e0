from bpfref.loader import bpf

with bpf.open("two-locks-repaired.bpf.o") as obj, obj.load() as coll:
    coll.programs["move"].test_run(bytes(64))
    print(*(coll.maps["accounts"].lookup(key, bpf.BPF_F_LOCK).tokens for key in (0, 1)), sep=" and ")
