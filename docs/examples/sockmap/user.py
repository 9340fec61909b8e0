import errno
import socket

from bpfref.loader import bpf


def connect() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


with bpf.open("sockmap.bpf.o") as obj, obj.load() as coll:
    sockets = coll.maps["sockets"]
    for program in coll.programs.values():
        program.attach_sockmap(sockets)
    client, from_client = connect()
    backend, to_backend = connect()
    backend.settimeout(5)

    # region user
    sockets[0] = from_client.fileno()
    sockets[1] = to_backend.fileno()
    client.sendall(b"request")  # arrives at from_client, and this process never reads it
    print(backend.recv(100))
    # endregion

    # region leave
    client.close()
    from_client.close()
    try:
        del sockets[0]
    except bpf.MapError as error:
        print(errno.errorcode[error.errno], "- a closed socket leaves the map")
    # endregion
    sockets.delete(1)
    print("the other one was still there")
