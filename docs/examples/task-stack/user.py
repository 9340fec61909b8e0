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
        names = [line.partition("+")[0] for line in link.read().decode().split()]
        print("it waits in pause:", names[0].endswith("sys_pause"))
        print("which was called by:", "do_syscall_64" if "do_syscall_64" in names else names)
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
