import socket

from bpfref.loader import bpf

with bpf.open("tcp-option.bpf.o") as obj:
    obj.rodata["level"] = 7
    with (
        obj.load() as coll,
        coll.programs["mark"].attach_cgroup("/sys/fs/cgroup"),
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as client,
        listener.accept()[0] as server,
    ):
        print("before any data:", coll.variables["seen"])
        client.sendall(b"hello")
        print("received:", server.recv(10).decode())
        print("with it:", coll.variables["seen"])
