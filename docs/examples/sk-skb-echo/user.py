import socket

from bpfref.loader import bpf

with (
    bpf.open("sk-skb-echo.bpf.o") as obj,
    obj.load() as coll,
    socket.create_server(("127.0.0.1", 0)) as listener,
    socket.create_connection(listener.getsockname()) as client,
    listener.accept()[0] as server,
):
    sockets = coll.maps["sockets"]
    # region attach
    with coll.programs["parse"].attach_sockmap(sockets), coll.programs["echo"].attach_sockmap(sockets):
        sockets[0] = server.fileno()  # programs first: a socket takes those that the map has
        # endregion
        client.settimeout(2)
        for message in (b"hello", b"again"):
            client.sendall(message)
            print("got", client.recv(100).decode())
        print(coll.variables["echoed"], "bytes were sent back")
