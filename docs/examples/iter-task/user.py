import os
import threading
from pathlib import Path

from bpfref.loader import bpf

ready, done = threading.Event(), threading.Event()


def work() -> None:
    Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text("worker")
    ready.set()
    done.wait()


Path("/proc/self/comm").write_text("main")
thread = threading.Thread(target=work)
thread.start()
ready.wait()
with bpf.open("iter-task.bpf.o") as obj:
    obj.rodata["process"] = os.getpid()
    with obj.load() as coll, coll.programs["threads"].attach_iter() as link:
        print(link.read().decode(), end="")
done.set()
thread.join()
