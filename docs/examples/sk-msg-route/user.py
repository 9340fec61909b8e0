import errno
import socket

from bpfref.loader import bpf

SENDER, PLAIN, URGENT = range(3)


def connect(listener: socket.socket) -> tuple[socket.socket, socket.socket]:
    client = socket.create_connection(listener.getsockname())
    client.settimeout(2)
    return client, listener.accept()[0]


with (
    bpf.open("sk-msg-route.bpf.o") as obj,
    obj.load() as coll,
    socket.create_server(("127.0.0.1", 0)) as listener,
    coll.programs["route"].attach_sockmap(coll.maps["sockets"]),
):
    pairs = [connect(listener) for _ in range(3)]
    for place, (one, _) in enumerate(pairs):
        coll.maps["sockets"][place] = one.fileno()
    sender, peer = pairs[SENDER]
    for message in (b"hello", b"!fire"):
        sender.send(message)
    print("plain:", pairs[PLAIN][0].recv(100).decode())
    print("urgent:", pairs[URGENT][0].recv(100).decode())
    try:
        sender.send(b"#comment")
    except OSError as error:
        print("#comment is refused with", errno.errorcode[error.errno])
    peer.settimeout(0.2)
    try:
        print(peer.recv(100))
    except TimeoutError:
        print("the peer of the sender got nothing")
    for pair in pairs:
        for one in pair:
            one.close()
