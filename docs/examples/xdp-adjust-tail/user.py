from bpfref.loader import bpf

with bpf.open("xdp-adjust-tail.bpf.o") as obj, obj.load() as coll:
    for size in (1000, 60):
        packet = bytes(range(60)).ljust(size, b"x")
        ran = coll.programs["shorten"].test_run(packet)
        print(f"{size} bytes: action {ran.retval}, {len(ran.data)} bytes, unchanged: {packet.startswith(ran.data)}")
