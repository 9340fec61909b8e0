import ctypes
import errno
import os

from bpfref.loader import bpf

libc = ctypes.CDLL(None)

with bpf.open("probe-read-user-str.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        coll.attach()
        for path in ("/dev/null", "/dev/../dev/../dev/null"):
            os.close(os.open(path, os.O_RDONLY))
            print(coll.variables["path"].text, coll.variables["length"])
        libc.openat(-100, ctypes.c_void_p(1), os.O_RDONLY)  # an address where nothing is
        print(errno.errorcode[-coll.variables["length"]])
