import errno
import socket

from bpfref.loader import bpf

with bpf.open("reuseport-sockarray.bpf.o") as obj, obj.load() as coll:
    workers = coll.maps["workers"]
    usual, urgent, sender = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(3))
    alone = socket.socket(type=socket.SOCK_DGRAM)

    # region user
    for worker in (usual, urgent):
        worker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        worker.settimeout(5)
    usual.bind(("127.0.0.1", 0))
    urgent.bind(usual.getsockname())
    workers[0], workers[1] = usual.fileno(), urgent.fileno()
    coll.programs["select"].attach_reuseport(usual)
    # endregion

    for text in (b"normal 1", b"urgent 1", b"normal 2", b"urgent 2"):
        sender.sendto(text, usual.getsockname())
    print("usual:", usual.recv(100), usual.recv(100))
    print("urgent:", urgent.recv(100), urgent.recv(100))
    try:
        workers[0] = alone.fileno()  # without SO_REUSEPORT, and not bound
    except bpf.MapError as error:
        print(errno.errorcode[error.errno])
    # region remove
    del workers[1]
    print("sockets:", [slot for slot in workers if workers.get(slot) is not None])
    # endregion
