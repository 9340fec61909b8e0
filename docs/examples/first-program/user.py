import os

from bpfref.loader import bpf


def send_signals() -> None:
    for _ in range(3):
        os.kill(os.getpid(), 0)  # signal 0 does nothing, and is a system call all the same


with bpf.open("first-program.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        send_signals()
        print("loaded:", coll.variables["signals"], "signals")
        with coll.programs["on_kill"].attach():
            send_signals()
            print("attached:", coll.variables["signals"], "signals")
        send_signals()
        print("detached:", coll.variables["signals"], "signals")
