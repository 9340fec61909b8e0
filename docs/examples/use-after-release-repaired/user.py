from bpfref.loader import bpf

with bpf.open("use-after-release-repaired.bpf.o") as obj, obj.load() as coll:
    for size in (60, 120):
        coll.programs["log_length"].test_run(bytes(size))
    records = coll.ring_buffer("lengths").read(timeout=1, limit=2)
    print([int.from_bytes(record, "little") for record in records])
