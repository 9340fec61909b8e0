import errno

from bpfref.loader import bpf

with bpf.open("hash-flags.bpf.o") as obj, obj.load() as coll:
    table = coll.maps["table"]

    coll.programs["flags"].test_run(bytes(64))
    for result in coll.variables["results"]:
        print("kernel side:", errno.errorcode.get(-result, result))

    # region flags
    try:
        table.update(1, 20, bpf.BPF_NOEXIST)
    except bpf.KeyExistsError as error:
        print("user side:", errno.errorcode[error.errno])
    try:
        table.update(2, 20, bpf.BPF_EXIST)
    except bpf.MissingKeyError as error:
        print("user side:", errno.errorcode[error.errno])
    table.update(2, 20, bpf.BPF_ANY)
    # endregion
    print("1 has", table[1], "and 2 has", table[2])

    # region batch
    table.update_batch({key: key for key in range(600)})
    seen = [key for step in table.lookup_batch(64) for key, value in step]
    # endregion
    print(len(seen), "elements,", len(set(seen)), "different")
