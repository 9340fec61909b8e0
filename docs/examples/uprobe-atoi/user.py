import ctypes
import os
from pathlib import Path

from bpfref.loader import bpf

# The file of the C library that this process uses.
library = next(line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libc.so" in line)

with bpf.open("uprobe-atoi.bpf.o") as obj, obj.load() as coll:
    # region attach
    called, returns = coll.programs["atoi_called"], coll.programs["atoi_returns"]
    with (
        called.attach_uprobe(library, "atoi", pid=os.getpid()),
        returns.attach_uprobe(library, "atoi", pid=os.getpid(), retprobe=True),
    ):
        ctypes.CDLL(library).atoi(b"42 apples")
    # endregion
    print(f"atoi({coll.variables['text'].text!r}) gave {coll.variables['number']}")
