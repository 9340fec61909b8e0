import os
import re
import socket
from pathlib import Path

from bpfref.loader import bpf

ENDBR = 4  # bytes of an instruction for control flow, behind which a probe may be

symbol = re.search(rb"^(\w+) . inet_listen$", Path("/proc/kallsyms").read_bytes(), re.MULTILINE)
address = int(symbol[1], 16)
with bpf.open("func-ip.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, coll.programs["begins"].attach(), coll.programs["ends"].attach():
        with socket.create_server(("127.0.0.1", 0)):
            pass
        for name in ("function", "returning"):
            behind = coll.variables[name] - address
            print(f"{name}: inet_listen", "" if 0 <= behind <= ENDBR else behind)
