import contextlib
import errno
import os

from bpfref.loader import bpf

with bpf.open("kretprobe-read.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        files = [os.open(path, os.O_RDONLY) for path in ("/dev/zero", "/dev/null", "/")]
        with coll.programs["read_done"].attach():
            for file in files:
                with contextlib.suppress(IsADirectoryError):
                    os.read(file, 5)
        for result in coll.variables["results"][: coll.variables["calls"]]:
            print("vfs_read returned", result if result >= 0 else f"-{errno.errorcode[-result]}")
