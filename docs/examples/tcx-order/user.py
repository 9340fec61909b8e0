import socket

from bpfref.loader import bpf


def say_hello() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, socket.socket(type=socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))  # without a receiver an ICMP packet would come back
        sender.sendto(b"hello", receiver.getsockname())


with bpf.open("tcx-order.bpf.o") as obj, obj.load() as coll:
    count, mark, variables = coll.programs["count"], coll.programs["mark"], coll.variables
    with count.attach_tcx("lo"):
        with mark.attach_tcx("lo"):
            say_hello()
        print(f"mark behind count: {variables['plain']} plain, {variables['marked']} marked")
        # region before
        with mark.attach_tcx("lo", flags=bpf.BPF_F_BEFORE, relative=count):
            say_hello()
        # endregion
        print(f"mark before count: {variables['plain']} plain, {variables['marked']} marked")
