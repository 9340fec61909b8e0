import contextlib
import errno
import os
import socket

from bpfref.loader import bpf

with bpf.open("fexit-listen.bpf.o") as obj:
    obj.rodata["watched"] = os.getpid()
    with obj.load() as coll, socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 4001))
        with coll.programs["listen_begins"].attach(), coll.programs["listen_ends"].attach():
            server.listen(7)
            client.connect(server.getsockname())
            with contextlib.suppress(OSError):
                client.listen(9)  # it is connected
        for call in coll.variables["calls"]:
            result = f"-{errno.errorcode[-call.result]}" if call.result < 0 else call.result
            print(f"inet_listen of port {call.port} with backlog {call.backlog}: {result}")
