import ctypes
import errno
import os

from bpfref.loader import bpf

CLOCK_MONOTONIC = 1
libc = ctypes.CDLL(None)


def sleep(asked: object) -> None:
    libc.clock_nanosleep(CLOCK_MONOTONIC, 0, asked, None)


with bpf.open("probe-read-user.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        coll.attach()
        seen = coll.variables
        sleep((ctypes.c_long * 2)(0, 1_234_567))
        print(f"{seen['result']}, {seen['seconds']} s and {seen['nanoseconds']} ns")
        sleep(ctypes.c_void_p(8))
        print(errno.errorcode[-seen["result"]])
