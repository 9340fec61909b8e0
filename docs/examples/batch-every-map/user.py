import os
from typing import Any

from bpfref.loader import bpf

SIZE = 100
NAMES = ("hash", "lru", "percpu_hash", "lru_percpu", "array", "percpu_array", "prefixes")


def make_key(table: bpf.Map, number: int) -> Any:
    if table.type == "BPF_MAP_TYPE_LPM_TRIE":
        return {"length": 32, "address": list(number.to_bytes(4, "big"))}
    return number


def read_key(key: Any) -> int:
    return key if isinstance(key, int) else int.from_bytes(bytes(key.address), "big")


with bpf.open("batch-every-map.bpf.o") as obj, obj.load() as coll:
    for name in NAMES:
        table = coll.maps[name]
        copies = os.cpu_count() if "PERCPU" in table.type else 0
        # region batch
        keys = [make_key(table, number) for number in range(SIZE)]
        table.update_batch((key, [number] * copies if copies else number) for number, key in enumerate(keys))
        steps = list(table.lookup_batch(15))  # until the end, whatever the size of a step
        seen = [(read_key(key), value) for step in steps for key, value in step]
        right = all(value == ([key] * copies if copies else key) for key, value in seen)
        # endregion
        print(f"{name}: {len(seen)} elements, {len({key for key, _ in seen})} different, right: {right}", end=", ")
        try:
            print(table.delete_batch(keys[:75]), "deleted,", table.count(), "left")
        except bpf.MapError as error:
            print("to delete:", error.errno)  # 524 is the kernel's own ENOTSUPP
    print("in the kernel:", coll.programs["read_hash"].test_run(bytes(90)).retval)
