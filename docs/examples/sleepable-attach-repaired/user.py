import os

from bpfref.loader import bpf

with bpf.open("sleepable-attach-repaired.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["note"].attach():
        os.close(os.open("/proc/version", os.O_RDONLY))
        print(coll.variables["path"].text)
