import errno
import socket

from bpfref.loader import bpf

TTL = (socket.IPPROTO_IP, socket.IP_TTL)

with (
    bpf.open("sockopt-limit.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["limit"].attach_cgroup("/sys/fs/cgroup"),
    socket.socket() as one,
):
    for wanted in (32, 200):
        one.setsockopt(*TTL, wanted)
        print(f"asked for {wanted}, got {one.getsockopt(*TTL)}")
    try:
        one.setsockopt(*TTL, bytes([32]))
    except OSError as error:
        print("one byte is refused with", errno.errorcode[error.errno])
    one.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 200)
    print("another option is left alone:", one.getsockopt(socket.SOL_SOCKET, socket.SO_MARK))
