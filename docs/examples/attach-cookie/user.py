import os

from bpfref.loader import bpf

GETPGID, GETSID = range(2)

with bpf.open("attach-cookie.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        # region attach
        count = coll.programs["count"]
        count.attach_tracepoint("syscalls", "sys_enter_getpgid", cookie=GETPGID)
        count.attach_tracepoint("syscalls", "sys_enter_getsid", cookie=GETSID)
        # endregion
        for _ in range(3):
            os.getpgid(0)
        os.getsid(0)
        calls = coll.variables["calls"]
        print(f"getpgid {calls[GETPGID]}, getsid {calls[GETSID]}")
