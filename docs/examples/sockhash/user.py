import errno
import socket

from bpfref.loader import bpf

with bpf.open("sockhash.bpf.o") as obj, obj.load() as coll:
    sockets = coll.maps["sockets"]
    coll.programs["send"].attach_sockmap(sockets)
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted = server.accept()[0]
    client_port = client.getsockname()[1]
    for each in (client, accepted):
        each.settimeout(5)

    # region user
    sockets[1] = client.fileno()  # sends by the program from now on
    sockets[client_port] = accepted.fileno()  # receives what the client sends
    client.sendall(b"request")
    print(accepted.recv(100))
    client.sendall(b"another")
    print(accepted.recv(100))
    accepted.sendall(b"answer")  # no element for its own port: the network stack delivers it
    print(client.recv(100))
    # endregion
    print(coll.variables["redirected"], "redirected,", coll.variables["passed"], "passed")
    try:
        sockets[2] = accepted.fileno()  # it has the program already
    except bpf.MapError as error:
        print(errno.errorcode[error.errno])
    print("keys:", sorted(sockets.keys()) == sorted([1, client_port]))
    del sockets[1]
    try:
        del sockets[1]
    except bpf.MissingKeyError as error:
        print(errno.errorcode[error.errno])
