import os

from bpfref.loader import bpf

NAMES = ("getpgid", "getsid", "getpriority")

with bpf.open("kprobe-multi-cookie.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        # region attach
        functions = [f"__x64_sys_{name}" for name in NAMES]
        with coll.programs["count"].attach_kprobe_multi(functions=functions, cookies=range(1, 4)):
            # endregion
            for _ in range(3):
                os.getpriority(os.PRIO_PROCESS, 0)
            for _ in range(2):
                os.getsid(0)
            os.getpgid(0)
        for which, name in enumerate(NAMES, start=1):
            print(f"{name}:", coll.variables["calls"][which])
