from bpfref.loader import bpf

with bpf.open("dynptr-ringbuf.bpf.o") as obj, obj.load() as coll:
    packets = coll.ring_buffer("packets")
    for size in (20, 61, 500):
        coll.programs["copy"].test_run(bytes(range(20)).ljust(size, b"."))
    for record in packets.read(timeout=1, limit=3):
        length, copied = int.from_bytes(record[:4], "little"), record[4:]
        if copied == bytes(range(20)).ljust(length, b".")[:128]:
            print(f"{length} bytes, copied {len(copied)}")
