import struct

from bpfref.loader import bpf

with bpf.open("kptr-in-map-value-repaired.bpf.o") as obj, obj.load() as coll:
    for size in (64, 100):
        coll.programs["report"].test_run(bytes(size))
    *_, last = coll.ring_buffer("reports").read(timeout=1, limit=2)
    print("{} packets, {} bytes".format(*struct.unpack("=II", last)))
