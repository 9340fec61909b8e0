import os
import signal

from bpfref.loader import bpf

signal.signal(signal.SIGUSR1, lambda number, _: print(signal.Signals(number).name))

with bpf.open("send-signal.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll:
        coll.attach()
        print("before")
        os.getpgid(0)
        print("after, helper gave", coll.variables["result"])
