import socket

from bpfref.loader import bpf

with socket.create_server(("127.0.0.1", 0)) as listener, bpf.open("iter-tcp.bpf.o") as obj:
    obj.rodata["port"] = listener.getsockname()[1]
    with obj.load() as coll, coll.programs["show"].attach_iter() as link:
        # region user
        client = socket.create_connection(listener.getsockname())
        server = listener.accept()[0]
        client.sendall(bytes(1000))
        server.recv(2000)
        print(link.read().decode(), end="")
        client.close()  # who closes first has to wait
        server.recv(1)
        server.close()
        print(link.read().decode(), end="")
        # endregion
