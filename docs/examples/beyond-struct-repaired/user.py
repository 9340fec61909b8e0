import os
import socket

from bpfref.loader import bpf

with bpf.open("beyond-struct-repaired.bpf.o") as obj, socket.create_server(("127.0.0.1", 4000)):
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["connects"].attach():
        socket.create_connection(("127.0.0.1", 4000), timeout=2).close()
        print(coll.variables["congestion_window"], "segments to begin with")
