from bpfref.loader import bpf

with bpf.open("constant-argument-repaired.bpf.o") as obj, obj.load() as coll:
    for size in (64, 500):
        coll.programs["copy"].test_run(bytes(size))
    records = coll.ring_buffer("packets").read(timeout=1, limit=2)
    print([int.from_bytes(record[:4], "little") for record in records])
