import errno

from bpfref.loader import bpf

with bpf.open("prog-array-update.bpf.o") as obj, obj.load() as coll:
    steps = coll.maps["steps"]

    def run() -> int:
        return coll.programs["begin"].test_run(bytes(64)).retval

    print("empty:", run())
    # region user
    steps[2] = coll.programs["drop"]
    print("drop:", run())
    steps[2] = coll.programs["send_back"]  # while packets pass
    print("send_back:", run())
    with bpf.open_program_by_id(steps[2]) as there:  # what is written as a descriptor is read as an id
        print("there is:", there.name)
    print("slots:", list(steps.keys()), [steps.get(slot) is not None for slot in range(4)])
    del steps[2]
    print("removed:", run())
    try:
        steps.update(2, coll.programs["drop"], bpf.BPF_NOEXIST)
    except bpf.MapError as error:
        print(errno.errorcode[error.errno], "- the only flag is BPF_ANY")
    # endregion
