import errno

from bpfref.loader import bpf

with bpf.open("queue.bpf.o") as obj, obj.load() as coll:
    lengths = coll.maps["lengths"]

    for length in (100, 200, 300, 400):
        coll.programs["record"].test_run(bytes(length))
    print(coll.variables["lost"], "lost, the oldest is", lengths.peek())
    coll.programs["record_latest"].test_run(bytes(500))

    # region pop
    while True:
        try:
            print(lengths.pop())
        except bpf.MapEmptyError as error:
            print(errno.errorcode[error.errno])
            break
    # endregion

    # region user
    for value in (1, 2, 3):
        lengths.push(value)
    try:
        lengths.push(4)
    except bpf.MapFullError as error:
        print(errno.errorcode[error.errno])
    # endregion
    print(lengths.pop(), lengths.pop(), lengths.pop())
