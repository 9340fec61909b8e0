import contextlib
import errno
import os
from pathlib import Path

from bpfref.loader import bpf

with bpf.open("trace-openat.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        events = coll.ring_buffer("events", type="event")
        with coll.programs["on_enter"].attach(), coll.programs["on_exit"].attach():
            os.close(os.open("there", os.O_CREAT | os.O_WRONLY))
            with contextlib.suppress(FileNotFoundError):
                os.open("not-there", os.O_RDONLY)
        for event in events.read(timeout=1):
            result = "a descriptor" if event.result >= 0 else errno.errorcode[-event.result]
            print(f"{event.path.text}: {result}")
Path("there").unlink()
