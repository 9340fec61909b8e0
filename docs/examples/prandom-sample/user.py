from bpfref.loader import bpf

SPREAD = 300  # seven standard deviations

with bpf.open("prandom-sample.bpf.o") as obj:
    obj.rodata["one_in"] = 4
    with obj.load() as coll:
        coll.programs["sample"].test_run(bytes(64), repeat=10000)
        sampled = coll.variables["sampled"]
        print("a quarter of 10000" if abs(sampled - 2500) < SPREAD else sampled)
