import os
import subprocess

from bpfref.loader import bpf

child = subprocess.Popen(["sleep", "60"])
with bpf.open("task-from-pid.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    obj.rodata["wanted"] = child.pid
    with obj.load() as coll:
        coll.attach()
        subprocess.run(["true"], check=True)  # a new task: the program runs
        seen = coll.variables
        if (seen["found"], seen["parent"]) == (child.pid, os.getpid()):
            print("found, and Python is its parent")
        child.kill()
        child.wait()
        subprocess.run(["true"], check=True)
        print("found" if seen["found"] else "gone")
