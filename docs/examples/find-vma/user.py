import ctypes
import errno
import os
from pathlib import Path

from bpfref.loader import bpf

memory = ctypes.create_string_buffer(100)
address = ctypes.addressof(memory)
with bpf.open("find-vma.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    obj.rodata["address"] = address
    with obj.load() as coll:
        with coll.programs["look"].attach():
            os.getppid()
        first, last = coll.variables["first"], coll.variables["last"]
        lines = Path("/proc/self/maps").read_text().splitlines()
        areas = [tuple(int(end, 16) for end in line.split()[0].split("-")) for line in lines]
        print("inside:", first <= address < last)
        print("as /proc has it:", (first, last) in areas)
        found, missing = coll.variables["results"]
        print("results:", found, errno.errorcode[-missing])
