import errno
import os

from bpfref.loader import bpf

with bpf.open("fmod-ret-nice.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["limit_nice"].attach():
        print("nice is", os.nice(5))
        try:
            os.nice(10)
        except OSError as error:
            print(f"{errno.errorcode[error.errno]}, nice is still {os.nice(0)}")
    print("without the program nice is", os.nice(10))
