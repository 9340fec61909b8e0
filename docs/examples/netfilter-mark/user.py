import errno
import socket

from bpfref.loader import bpf

NFPROTO_IPV4, NF_INET_LOCAL_OUT, NF_IP_PRI_FILTER = 2, 3, 0

with bpf.open("netfilter-mark.bpf.o") as obj, obj.load() as coll:
    with coll.programs["no_marked"].attach_netfilter(NFPROTO_IPV4, NF_INET_LOCAL_OUT, priority=NF_IP_PRI_FILTER):
        for mark in (0, 7):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
                try:
                    sender.sendto(b"hello", ("127.0.0.1", 4000))
                    print(f"mark {mark}: sent")
                except OSError as error:
                    print(f"mark {mark}: {errno.errorcode[error.errno]}")
    print(coll.variables["dropped"], "packet was dropped")
