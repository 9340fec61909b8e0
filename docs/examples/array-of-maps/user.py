import errno

from bpfref.loader import bpf

with bpf.open("array-of-maps.bpf.o") as obj, obj.load() as coll:
    active, rules_a, rules_b = (coll.maps[name] for name in ("active", "rules_a", "rules_b"))

    def filter_(length: int) -> int:
        return coll.programs["filter"].test_run(bytes(length)).retval

    rules_a[0], rules_a[1] = 64, 128
    print("a:", filter_(100), filter_(1000))
    # region swap
    rules_b[0], rules_b[1] = 512, 1500  # filled while nobody looks
    active[0] = rules_b  # no packet sees half of a table
    # endregion
    print("b:", filter_(100), filter_(1000))
    with active.inner(0) as rules:
        print("active is b:", rules.info().id == rules_b.info().id)

    # region empty
    del active[0]
    print("none:", filter_(100))
    try:
        active.lookup(0)
    except bpf.MissingKeyError as error:
        print(errno.errorcode[error.errno])
    # endregion
