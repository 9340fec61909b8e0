import errno

from bpfref.loader import bpf

with bpf.open("hash-take.bpf.o") as obj, obj.load() as coll:
    orders = coll.maps["orders"]

    def run(name: str, item: int) -> int:
        return coll.programs[name].test_run(context=item.to_bytes(4, "little")).retval

    for item in (1, 1, 2, 3, 4):
        run("order", item)
    print("cancelled:", run("cancel", 2), run("cancel", 2))
    # region take
    print("taken:", orders.lookup_and_delete(1))  # no order in between is lost, unlike with two calls
    try:
        orders.lookup_and_delete(1)
    except bpf.MissingKeyError as error:
        print(errno.errorcode[error.errno])
    # endregion

    # region batch
    orders.update_batch([(7, 10), (8, 20)])
    print("deleted:", orders.delete_batch([7, 8]))
    rest = [pair for step in orders.lookup_batch(delete=True) for pair in step]
    # endregion
    print("taken:", sorted(rest), "left:", orders.count())
