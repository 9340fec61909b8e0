import os
from multiprocessing import get_context
from pathlib import Path
from threading import Thread, get_native_id

from bpfref.loader import bpf


def ask(numbers) -> None:
    os.setresgid(2000, 2000, 2000)
    os.setresuid(1000, 1000, 1000)

    def work() -> None:
        Path(f"/proc/self/task/{get_native_id()}/comm").write_text("worker")
        numbers.send((os.getpid(), get_native_id()))
        os.getpgid(0)

    thread = Thread(target=work)
    thread.start()
    thread.join()


with bpf.open("current-uid.bpf.o") as obj:
    obj.rodata["user"] = 1000
    with obj.load() as coll:
        coll.attach()
        here, there = get_context("fork").Pipe()
        child = get_context("fork").Process(target=ask, args=(there,))
        child.start()
        child.join()
        last = coll.variables["last"]
        print(f"user {last.user}, group {last.group}, name {last.name.text}")
        same = here.recv() == (last.process, last.thread) and last.process != last.thread
        print("process and thread as Python has them" if same else last)
