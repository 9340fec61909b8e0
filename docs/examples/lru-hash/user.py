from bpfref.loader import bpf

with bpf.open("lru-hash.bpf.o") as obj, obj.load() as coll:
    flows = coll.maps["flows"]
    coll.programs["track"].test_run(bytes(64), repeat=10_000)

    print(coll.variables["next"], "flows,", coll.variables["refused"], "refused")
    # region read
    print("at most 1000 are left:", 0 < flows.count() <= flows.max_entries)
    print("the busy one:", flows[0])
    print("an idle one:", flows.get(1))
    # endregion
