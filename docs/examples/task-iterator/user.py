import os
import subprocess

from bpfref.loader import bpf

with bpf.open("task-iterator.bpf.o") as obj:
    obj.rodata["parent"] = os.getpid()
    with obj.load() as coll:
        count = coll.programs["count_children"]
        count.test_run()
        print(coll.variables["children"], "children")
        processes = [subprocess.Popen(["sleep", "60"]) for _ in range(3)]
        count.test_run()
        print(coll.variables["children"], "children")
        for process in processes:
            process.kill()
            process.wait()
