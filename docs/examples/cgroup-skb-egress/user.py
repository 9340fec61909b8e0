import errno
import socket

from bpfref.loader import bpf

GROUP = "/sys/fs/cgroup"  # the one that this process is in

with bpf.open("cgroup-skb-egress.bpf.o") as obj, obj.load() as coll:
    with coll.programs["no_discard"].attach_cgroup(GROUP):
        for port in (8, 9):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                try:
                    sender.sendto(b"hello", ("127.0.0.1", port))
                    print(f"port {port}: sent")
                except OSError as error:
                    print(f"port {port}: {errno.errorcode[error.errno]}")
    print(coll.variables["refused"], "bytes were refused")
