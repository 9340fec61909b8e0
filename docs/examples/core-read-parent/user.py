import os
from pathlib import Path

from bpfref.loader import bpf

Path("/proc/self/comm").write_text("boss")
with bpf.open("core-read-parent.bpf.o") as obj:
    # The child waits until the programs are there, which have to know its number.
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.read(read, 1)
        os.getpgid(0)
        os._exit(0)
    obj.rodata["watched"] = child
    with obj.load() as coll:
        coll.attach()
        os.write(write, b"x")
        os.waitpid(child, 0)
        seen = coll.variables
        same = "as Python has it" if seen["parent"] == os.getpid() else seen["parent"]
        print(f"parent {same}, named {seen['parent_name'].text}")
