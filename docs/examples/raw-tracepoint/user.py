import os
from pathlib import Path

from bpfref.loader import bpf

NAME = Path("/proc/self/comm")

with bpf.open("raw-tracepoint.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        NAME.write_text("before")
        with coll.programs["renamed"].attach():
            NAME.write_text("after")
        old, new = coll.variables["names"]
        print(old.text, "was renamed to", new.text)
