import errno
import os
from pathlib import Path

from bpfref.loader import bpf

Path("/proc/self/comm").write_text("reader")
with bpf.open("probe-read-kernel.bpf.o") as obj, obj.load() as coll:
    with coll.programs["on_getpgid"].attach():
        os.getpgid(0)
    seen = coll.variables
    print(seen["name"].text, seen["good"])
    print(*(errno.errorcode.get(-seen[name], seen[name]) for name in ("bad", "foreign")), seen["left"])
