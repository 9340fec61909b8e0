import errno
import socket

from bpfref.loader import bpf

with bpf.open("cgroup-sock-create.bpf.o") as obj, obj.load() as coll:
    with coll.programs["create"].attach_cgroup("/sys/fs/cgroup"):
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                with socket.socket(socket.AF_INET, kind, socket.IPPROTO_UDP) as new:
                    print(f"{kind.name}: priority", new.getsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY))
            except OSError as error:
                print(f"{kind.name}: {errno.errorcode[error.errno]}")
    print(coll.variables["refused"], "socket was refused")
