from bpfref.loader import bpf

with bpf.open("ringbuf-full.bpf.o") as obj, obj.load() as coll:
    copy, seen = coll.programs["copy"], coll.variables
    copies = coll.ring_buffer("copies")

    # region full
    copy.test_run(bytes(64), repeat=15)
    print(seen["bytes_waiting"], "of", seen["bytes_in_all"], "bytes wait,", seen["dropped"], "dropped")
    print(len(list(copies.read(timeout=0))), "read,", copies.unread, "bytes unread")
    copy.test_run(b"\1" * 64)
    print(seen["bytes_waiting"], "bytes wait,", seen["dropped"], "dropped")
    print([event[:2] for event in copies.read(timeout=0)])
    # endregion
