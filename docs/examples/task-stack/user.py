import os
import signal
import time
from pathlib import Path

from bpfref.loader import bpf

child = os.fork()
if not child:
    signal.pause()
while Path(f"/proc/{child}/stat").read_text().split()[2] != "S":
    time.sleep(0.01)
with bpf.open("task-stack.bpf.o") as obj:
    obj.rodata["process"] = child
    with obj.load() as coll, coll.programs["stacks"].attach_iter() as link:
        names = link.read().decode().split()
        print("it sleeps in schedule:", "schedule" in names)
        print("and was called by pause:", any(name.endswith("sys_pause") for name in names))
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
