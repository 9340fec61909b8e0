import os
from pathlib import Path

from bpfref.loader import bpf

NAME = Path("/proc/self/comm")

with bpf.open("tp-btf-rename.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        NAME.write_text("before")
        with coll.programs["renamed"].attach():
            NAME.write_text("after")
        print(coll.variables["old_name"].text, "was renamed to", coll.variables["new_name"].text)
        print("by the first thread:", coll.variables["thread"] == os.getpid())
