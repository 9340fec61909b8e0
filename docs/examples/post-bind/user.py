import errno
import socket

from bpfref.loader import bpf


def bind(port: int) -> tuple[str, int]:
    with socket.socket() as server:
        try:
            server.bind(("127.0.0.1", port))
        except OSError as error:
            return errno.errorcode[error.errno], port
        return "bound", server.getsockname()[1]


with (
    bpf.open("post-bind.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["only_high"].attach_cgroup("/sys/fs/cgroup"),
):
    for name, wanted in (("a port that the kernel chooses", 0), ("port 80", 80)):
        result, port = bind(wanted)
        print(f"{name}: {result}, the program saw it: {coll.variables['last_port'] == port}")
