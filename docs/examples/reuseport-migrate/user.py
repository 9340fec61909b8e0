import socket

from bpfref.loader import bpf

ACTIVE, SPARE = range(2)
PORT = 4000


def open_listener() -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", PORT))
    listener.listen()
    listener.settimeout(0.3)
    return listener


with (
    bpf.open("reuseport-migrate.bpf.o") as obj,
    obj.load() as coll,
    open_listener() as active,
    open_listener() as spare,
):
    coll.maps["listeners"][ACTIVE] = active.fileno()
    coll.maps["listeners"][SPARE] = spare.fileno()
    coll.programs["choose"].attach_reuseport(active)
    with socket.create_connection(("127.0.0.1", PORT)) as client:
        client.sendall(b"hello")
        try:
            spare.accept()
        except TimeoutError:
            print("the spare listener has nothing yet")
        active.close()  # with the connection in its queue
        with spare.accept()[0] as server:
            print("the spare listener accepted, and the client sent", server.recv(100).decode())
