from bpfref.loader import bpf

with bpf.open("unreleased-reference-repaired.bpf.o") as obj, obj.load() as coll:
    for size in (20, 64):
        coll.programs["log_start"].test_run(bytes(size))
    records = coll.ring_buffer("events").read(timeout=1, limit=2)
    print([int.from_bytes(record[:4], "little") for record in records])
