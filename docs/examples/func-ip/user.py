import os
import socket

from bpfref.loader import bpf

with bpf.open("func-ip.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["begins"].attach(), coll.programs["ends"].attach():
        with socket.create_server(("127.0.0.1", 0)):
            pass
        for name in ("function", "returning"):
            print(f"{name}:", coll.variables[name].text)
