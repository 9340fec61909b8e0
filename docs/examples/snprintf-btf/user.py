import os
import socket

from bpfref.loader import bpf

with bpf.open("snprintf-btf.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["show"].attach(), socket.socket() as one:
        one.bind(("127.0.0.1", 4000))
        text = coll.variables["text"].text
        print(text)
        print(coll.variables["length"] - len(text), "more to come")
