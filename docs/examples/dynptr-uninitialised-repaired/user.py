import struct

from bpfref.loader import bpf

with bpf.open("dynptr-uninitialised-repaired.bpf.o") as obj, obj.load() as coll:
    coll.programs["copy"].test_run(bytes(64))
    for record in coll.ring_buffer("starts").read(timeout=1, limit=1):
        print("{} and {}".format(*struct.unpack("=II", record)))
