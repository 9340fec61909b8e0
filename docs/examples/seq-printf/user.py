import os
import subprocess

from bpfref.loader import bpf

with bpf.open("seq-printf.bpf.o") as obj:
    obj.rodata["parent"] = os.getpid()
    child = subprocess.Popen(["sleep", "60"])
    with obj.load() as coll, coll.programs["list"].attach() as link:
        print(link.read().decode().replace(str(os.getpid()), "Python"), end="")
    child.kill()
    child.wait()
