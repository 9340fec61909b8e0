from bpfref.loader import bpf

with bpf.open("map-needs-btf-repaired.bpf.o") as obj, obj.load() as coll:
    for size in (64, 100):
        coll.programs["count"].test_run(bytes(size))
    account = coll.maps["accounts"].lookup(0, bpf.BPF_F_LOCK)
    print(f"{account.packets} packets, {account.bytes} bytes")
