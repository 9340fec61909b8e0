import os
from pathlib import Path

from bpfref.loader import bpf

os.unshare(os.CLONE_NEWPID)  # for children, not for this process
ready, go = os.pipe()
child = os.fork()
if not child:
    os.read(ready, 1)
    os.getpgid(0)
    os._exit(0)

with bpf.open("ns-pid.bpf.o") as obj:
    # region name
    namespace = Path(f"/proc/{child}/ns/pid").stat()
    obj.rodata["device"] = namespace.st_dev
    obj.rodata["inode"] = namespace.st_ino
    # endregion
    with obj.load() as coll:
        coll.attach()
        os.write(go, b"x")
        os.waitpid(child, 0)
        seen = coll.variables
        print("inside", seen["inside"].tgid)
        print("outside as its parent sees it" if seen["outside"] == child else seen["outside"])
