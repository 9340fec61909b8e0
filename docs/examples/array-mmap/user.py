import errno

from bpfref.loader import bpf

with bpf.open("array-mmap.bpf.o") as obj, obj.load() as coll:
    measure, sizes = coll.programs["measure"], coll.maps["sizes"]

    # region mmap
    with sizes.mmap() as memory, memory, memory.cast("Q") as slots:
        for length in (64, 100, 600):
            measure.test_run(bytes(length))
        print("memory:", *slots)  # no system call was needed to read it
        slots[7] = 5  # and none to write
        print("lookup:", sizes[7])
        try:
            sizes.freeze()
        except bpf.MapError as error:  # somebody could still write to the memory
            print("freeze:", errno.errorcode[error.errno])
    # endregion

    # region freeze
    sizes.freeze()
    try:
        with sizes.mmap():
            pass
    except bpf.MapError as error:
        print("frozen, to write:", errno.errorcode[error.errno])
    measure.test_run(bytes(64))  # programs go on writing
    with sizes.mmap(writable=False) as memory:
        print("frozen, to read:", memory.cast("Q")[0])
    # endregion
