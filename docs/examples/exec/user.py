import os
import subprocess

from bpfref.loader import bpf

with bpf.open("exec.bpf.o") as obj:
    obj.rodata["ignored"] = os.getpid()
    obj.maps["runs"].max_entries = 64
    try:
        coll = obj.load()
    except bpf.LoadError as error:
        print(error.log)
        raise SystemExit(str(error)) from error

with coll:
    events = coll.ring_buffer("events", type="event")
    coll.attach()
    for command in (["true"], ["sh", "-c", "exec true"]):
        subprocess.run(command, check=True)
    for event in events.read(timeout=1):
        print(event.pid, event.name.text)
    for name, count in sorted(coll.maps["runs"].items()):
        print(f"{name.text} started {count} times")
