import socket
import struct

from bpfref.loader import bpf

SO_COOKIE = 57
IPV4_AND_UDP = 28

# region user
with (
    bpf.open("socket-cookie.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["count"].attach_cgroup("/sys/fs/cgroup"),
    socket.socket(type=socket.SOCK_DGRAM) as quiet,
    socket.socket(type=socket.SOCK_DGRAM) as busy,
):
    for one, sizes in ((quiet, [10]), (busy, [20, 30])):
        for size in sizes:
            one.sendto(bytes(size), ("127.0.0.1", 9))
        cookie = struct.unpack("Q", one.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]
        print(sum(sizes), "bytes in packets of", coll.maps["sent"][cookie], "bytes")
# endregion
