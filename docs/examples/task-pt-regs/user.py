import ctypes
import os

from bpfref.loader import bpf

PRCTL, PR_SET_NAME = 157, 15

name = ctypes.create_string_buffer(b"renamed")
with bpf.open("task-pt-regs.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["renamed"].attach():
        ctypes.CDLL(None).prctl(PR_SET_NAME, name)
        found = coll.variables
        print("it came through prctl:", found["number"] == PRCTL)
        print("with PR_SET_NAME:", found["first"] == PR_SET_NAME)
        print("and the new name:", found["second"] == ctypes.addressof(name))
