import struct

from bpfref.loader import bpf


def make_table(number: int) -> bpf.Map:
    table = bpf.create_map("BPF_MAP_TYPE_ARRAY", key_size=4, value_size=4, max_entries=1)
    table[0] = struct.pack("I", number)
    return table


with bpf.open("map-in-map-batch.bpf.o") as obj, obj.load() as coll:
    tables = {key: make_table(100 + key) for key in range(4)}
    for name in ("indexed", "named"):
        # region batch
        outer = coll.maps[name]
        outer.update_batch({key: table.fileno() for key, table in tables.items()})
        ids = {key: number for step in outer.lookup_batch(2) for key, number in step}
        print(f"{name}: all there:", ids == {key: table.info().id for key, table in tables.items()}, end=", ")
        # endregion
        if name == "named":
            print(outer.delete_batch([3]), "deleted", end=", ")
            taken = [key for step in outer.lookup_batch(delete=True) for key, _ in step]
            print("taken:", sorted(taken), "left:", outer.count())
        else:
            del outer[3]
            print("left:", [key for key in outer if outer.get(key) is not None])
    for table in tables.values():
        table.close()  # the outer map holds those that it still has
    print("in the kernel:", coll.programs["read_second"].test_run(bytes(64)).retval)
