import contextlib
import os
import socket

from bpfref.loader import bpf

with bpf.open("kprobe-connect.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["connects"].attach():
        for port in (4001, 4002):
            with socket.socket() as client, contextlib.suppress(ConnectionRefusedError):
                client.connect(("127.0.0.1", port))
        first, second, *_ = coll.variables["ports"]
        print(coll.variables["calls"], "calls of tcp_connect, to ports", first, "and", second)
