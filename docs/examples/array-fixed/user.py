import errno

from bpfref.loader import bpf

with bpf.open("array-fixed.bpf.o") as obj, obj.load() as coll:
    limits = coll.maps["limits"]

    print("run:", coll.programs["change"].test_run(bytes(64)).retval)
    for name in ("insert", "beyond", "removed"):
        print(f"{name}:", errno.errorcode[-coll.variables[name]])

    # region user
    print(dict(limits.items()))  # four elements, of which nobody inserted one
    limits.update_batch({1: 11, 2: 22, 3: 33})
    print([pair for step in limits.lookup_batch(3) for pair in step])
    for attempt in (
        lambda: limits.update(1, 0, bpf.BPF_NOEXIST),
        lambda: limits.update(4, 0),
        lambda: limits.delete(1),
        lambda: limits.lookup(4),
    ):
        try:
            attempt()
        except bpf.MapError as error:
            print(errno.errorcode[error.errno])
    # endregion
