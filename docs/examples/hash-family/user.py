import errno

from bpfref.loader import bpf


def attempt(action: object, *arguments: object) -> str:
    try:
        action(*arguments)
    except bpf.MapError as error:
        return errno.errorcode[error.errno]
    return "done"


with bpf.open("hash-family.bpf.o") as obj, obj.load() as coll:
    put = coll.programs["put"]
    print("put:", [put.test_run(bytes(length)).retval for length in (100, 200, 300, 100)])
    # region user
    for name in ("per_cpu", "lru", "lru_per_cpu"):
        table = coll.maps[name]
        one = [1] * len(table[100]) if "PERCPU" in table.type else 1
        print(f"{name}:", attempt(table.update, 100, one, bpf.BPF_NOEXIST), end=" ")
        print(attempt(table.update, 400, one, bpf.BPF_EXIST), attempt(table.update, 400, one), end=" ")
        print(attempt(table.delete, 100), attempt(table.delete, 100), sorted(table.keys()))
        taken = table.lookup_and_delete(200)
        print("  taken:", sum(taken) if isinstance(taken, list) else taken, "left:", sorted(table.keys()), end=" ")
        rest = [key for step in table.lookup_batch(delete=True) for key, _ in step]
        print("taken at once:", sorted(rest), "left:", table.count())
        table.freeze()
        print("  frozen:", attempt(table.update, 100, one))
    # endregion
    print("put:", put.test_run(bytes(100)).retval)
