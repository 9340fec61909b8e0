import errno
import socket

from bpfref.loader import bpf


def connect(port: int) -> str:
    with socket.socket() as one:
        return errno.errorcode[one.connect_ex(("127.0.0.1", port))]


with bpf.open("set-retval.bpf.o") as obj, obj.load() as coll:
    print("before:", connect(81), connect(82))
    with coll.programs["block"].attach_cgroup("/sys/fs/cgroup"):
        print("blocked:", connect(81), connect(82), connect(83))
