import errno
import socket

from bpfref.loader import bpf

with bpf.open("bind-port.bpf.o") as obj, obj.load() as coll, coll.programs["shift"].attach_cgroup("/sys/fs/cgroup"):
    for port in (80, 4000, 22):
        with socket.socket() as server:
            try:
                server.bind(("127.0.0.1", port))
                print(f"asked for port {port}, got {server.getsockname()[1]}")
            except OSError as error:
                print(f"asked for port {port}, got {errno.errorcode[error.errno]}")
