import errno

from bpfref.loader import bpf

with bpf.open("stack.bpf.o") as obj, obj.load() as coll:
    unused = coll.maps["unused_ports"]

    def take() -> int:
        return coll.programs["take"].test_run(bytes(64)).retval

    def give_back(port: int) -> int:
        return coll.programs["give_back"].test_run(bytes(port)).retval

    # region fill
    for port in (1001, 1002, 1003):
        unused.push(port)
    # endregion
    print("taken:", take(), take())
    print("given back:", give_back(1003), give_back(1003))
    print("taken:", take(), take(), take())
    unused.push(2000)
    print("taken by user space:", unused.pop())

    # region empty
    try:
        unused.peek()
    except bpf.MapEmptyError as error:
        print(errno.errorcode[error.errno])
    try:
        next(unused.keys())  # there are no keys to walk over
    except bpf.MapError as error:
        print(errno.errorcode[error.errno])
    # endregion
