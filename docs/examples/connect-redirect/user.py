import socket

from bpfref.loader import bpf

with bpf.open("connect-redirect.bpf.o") as obj, socket.create_server(("127.0.0.1", 8080)) as server:
    obj.rodata["port"] = 8080
    with obj.load() as coll, coll.programs["redirect"].attach_cgroup("/sys/fs/cgroup"), socket.socket() as client:
        client.settimeout(2)
        client.connect(("192.0.2.1", 80))
        host, port = client.getpeername()
        print("connected to", host, "port", port)
        with server.accept()[0] as accepted:
            accepted.sendall(b"hello")
        print("the server says", client.recv(100).decode())
