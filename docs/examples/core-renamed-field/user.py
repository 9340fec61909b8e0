import os
import subprocess
import time
from pathlib import Path

from bpfref.loader import bpf

child = subprocess.Popen(["sleep", "60"])
with bpf.open("core-renamed-field.bpf.o") as obj:
    obj.rodata["watched"] = child.pid
    while Path(f"/proc/{child.pid}/stat").read_text().split()[2] != "S":
        time.sleep(0.01)
    with obj.load() as coll, coll.programs["look"].attach() as link:
        link.read()
        state = coll.variables["state"] & 0xFF  # above are marks such as TASK_FREEZABLE
        print("a process that sleeps has state", state)
        release = tuple(int(part) for part in os.uname().release.split(".")[:2])
        told = coll.variables["renamed"] == (release >= (5, 14))
        print("field as the release says" if told else "field is another")
child.kill()
child.wait()
