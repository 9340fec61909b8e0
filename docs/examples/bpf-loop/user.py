from bpfref.loader import bpf

with bpf.open("bpf-loop.bpf.o") as obj, obj.load() as coll:
    for content in ((100, 100, 100), (255, 255), [255] * 256):
        coll.variables["bytes"] = bytes(content).ljust(256, b"\0")
        total = coll.programs["total"].test_run(bytes(64)).retval
        print(f"{total} in {coll.variables['rounds']} rounds")
