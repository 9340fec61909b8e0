import os
from pathlib import Path

from bpfref.loader import bpf

NAMES = ("getpgid", "getsid", "getpriority")

# The file of the C library that this process uses.
library = next(line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libc.so" in line)

with bpf.open("uprobe-multi-cookie.bpf.o") as obj, obj.load() as coll:
    # region attach
    program = coll.programs["count"]
    with program.attach_uprobe_multi(library, functions=NAMES, cookies=range(1, 4), pid=os.getpid()):
        # endregion
        for _ in range(3):
            os.getpriority(os.PRIO_PROCESS, 0)
        for _ in range(2):
            os.getsid(0)
        os.getpgid(0)
    for which, name in enumerate(NAMES, start=1):
        print(f"{name}:", coll.variables["calls"][which])
