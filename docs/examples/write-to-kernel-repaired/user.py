import socket

from bpfref.loader import bpf

SO_MARK = 36

with (
    bpf.open("write-to-kernel-repaired.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["mark"].attach_cgroup("/sys/fs/cgroup"),
    socket.create_server(("127.0.0.1", 4000)) as server,
    socket.create_connection(server.getsockname(), timeout=2) as client,
):
    print("the mark is", client.getsockopt(socket.SOL_SOCKET, SO_MARK))
