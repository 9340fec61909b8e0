from bpfref.loader import bpf

with bpf.open("prandom-sample.bpf.o") as obj:
    obj.rodata["one_in"] = 4
    with obj.load() as coll:
        coll.programs["sample"].test_run(bytes(64), repeat=10000)
        sampled = coll.variables["sampled"]
        print("a quarter of 10000" if 2200 < sampled < 2800 else sampled)
