import os

from bpfref.loader import bpf

release = tuple(int(part) for part in os.uname().release.split(".")[:2])
new = release >= (6, 1)

with bpf.open("fall-back.bpf.o") as obj, obj.load() as coll:
    print("returned", coll.programs["stamp"].test_run(bytes(64)).retval)
    print("clock as the release has it" if coll.variables["clock"] == new else "another clock")

# region optional
with bpf.open("fall-back.bpf.o") as obj:
    try:
        with obj.load(["modern"]):
            loaded = True
    except bpf.LoadError:
        loaded = False  # go on without it
# endregion
print("optional as the release has it" if loaded == new else "optional is another")
