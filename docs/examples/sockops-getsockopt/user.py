import errno
import socket

from bpfref.loader import bpf

with (
    bpf.open("sockops-getsockopt.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["look"].attach_cgroup("/sys/fs/cgroup"),
    socket.create_server(("127.0.0.1", 0)) as listener,
    socket.socket() as client,
):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"reno")
    client.connect(listener.getsockname())
    done, refused = coll.variables["results"]
    print("congestion control:", coll.variables["congestion"].text)
    print("results:", done, errno.errorcode[-refused])
