import contextlib
import errno
import os
from pathlib import Path

from bpfref.loader import bpf

Path("/proc/self/comm").write_text("walker")
with bpf.open("probe-read-any.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["change"].attach():
        with contextlib.suppress(FileNotFoundError):
            os.chdir("/there/is/none")
        found = coll.variables
        print(f"path: {found['path'].text}, {found['lengths'][0]} bytes with its end")
        print(f"name: {found['name'].text}, {found['lengths'][1]}")
        print("at address 8:", errno.errorcode[-found["nothing"]])
