import os
import subprocess

from bpfref.loader import bpf

with bpf.open("cpumask.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        coll.attach()
        os.sched_setaffinity(0, [0])
        subprocess.run(["true"], check=True)
        seen = coll.variables
        print(
            f"may run on CPU 0: {seen['on_first']}, on one of the empty set: {seen['on_none']}, "
            f"on CPU 0 alone: {seen['same']}"
        )
