import ctypes

from bpfref.loader import bpf


# region user
class Node(ctypes.Structure):
    """As in C: a pointer of the arena is an address of this process."""


Node._fields_ = [("next", ctypes.POINTER(Node)), ("value", ctypes.c_uint64)]
# endregion

with bpf.open("arena.bpf.o") as obj, obj.load() as coll:
    add = coll.programs["add"]
    for _ in range(3):
        add.test_run()

    # region walk
    node = ctypes.cast(coll.variables["head"], ctypes.POINTER(Node))
    first = node
    while node:
        print(node.contents.value)
        node = node.contents.next
    # endregion
    print("sum:", coll.variables["sum"])
    first.contents.value = 100
    add.test_run()
    print("sum:", coll.variables["sum"])
