from bpfref.loader import bpf

with bpf.open("lru-percpu-hash.bpf.o") as obj, obj.load() as coll:
    count, senders = coll.programs["count"], coll.maps["senders"]

    print(count.test_run(bytes(64), repeat=10).retval)
    # region read
    print({key: sum(copies) for key, copies in sorted(senders.items())})
    # endregion
    print(count.test_run(bytes(64), repeat=5000).retval)
    keys = list(senders.keys())
    print("at most 500 are left:", 0 < len(keys) <= senders.max_entries)
    print("the last one:", sum(senders[coll.variables["next"] % 4000 - 1]))
