import socket

from bpfref.loader import bpf

with bpf.open("getsockopt-hide.bpf.o") as obj, obj.load() as coll, socket.socket() as one:
    one.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 32)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 7)
    with coll.programs["hide"].attach_cgroup("/sys/fs/cgroup"):
        seen = one.getsockopt(socket.IPPROTO_IP, socket.IP_TTL)
        mark = one.getsockopt(socket.SOL_SOCKET, socket.SO_MARK)
    print("IP_TTL was set to 32 and reads", seen)
    print("IP_TTL reads", one.getsockopt(socket.IPPROTO_IP, socket.IP_TTL), "when the program is gone")
    print("SO_MARK was set to 7 and read", mark)
