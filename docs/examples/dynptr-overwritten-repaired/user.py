from bpfref.loader import bpf

with bpf.open("dynptr-overwritten-repaired.bpf.o") as obj, obj.load() as coll:
    for _ in range(3):
        coll.programs["reserve"].test_run(bytes(1500))
    print([len(record) for record in coll.ring_buffer("records").read(timeout=1, limit=3)])
