import errno

from bpfref.loader import bpf

with bpf.open("rhash.bpf.o") as obj:
    obj.maps["lengths"].max_entries = 3
    with obj.load() as coll:
        count, lengths = coll.programs["count"], coll.maps["lengths"]
        for length in (100, 200, 100):
            count.test_run(bytes(length))
        print(sorted(lengths.items()))

        # region user
        lengths.update(300, 7, bpf.BPF_NOEXIST)
        for key, flags in ((300, bpf.BPF_NOEXIST), (400, bpf.BPF_EXIST), (400, bpf.BPF_ANY)):
            try:
                lengths.update(key, 0, flags)
            except bpf.MapError as error:
                print(key, errno.errorcode[error.errno])
        print("taken:", lengths.lookup_and_delete(300))
        print("batch:", sorted(pair for step in lengths.lookup_batch(2, delete=True) for pair in step))
        # endregion
        print("left:", lengths.count())
        lengths.update_batch({key: key * 2 for key in (1, 2, 3)})
        print("at once:", sorted(pair for step in lengths.lookup_batch(2) for pair in step))
        print("removed:", lengths.delete_batch([1, 2]), "left:", lengths.count())
        del lengths[3]
        print("left:", lengths.count())
