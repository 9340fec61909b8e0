import os
import subprocess

from bpfref.loader import bpf

child = subprocess.Popen(["sleep", "60"])
with bpf.open("rcu-pointer-repaired.bpf.o") as obj:
    obj.rodata["child"] = child.pid
    with obj.load() as coll:
        parent = coll.programs["find_parent"].test_run(bytes(64)).retval
        print("this process is the parent" if parent == os.getpid() else parent)
child.kill()
child.wait()
