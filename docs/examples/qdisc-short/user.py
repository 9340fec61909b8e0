import socket
import subprocess

from bpfref.loader import bpf

KIND = 0x88B5  # an EtherType for experiments


def run(line: str) -> None:
    subprocess.run(line.split(), check=True)


run("ip link add out type veth peer name in")
for device in ("out", "in"):
    run(f"ip link set {device} up")
with (
    bpf.open("qdisc-short.bpf.o") as obj,
    obj.load() as coll,
    coll.attach_struct_ops("only_short"),
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender,
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(KIND)) as receiver,
):
    run("tc qdisc replace dev out root only_short")
    sender.bind(("out", 0))
    receiver.bind(("in", KIND))
    receiver.settimeout(2)
    for size in (400, 600, 60):
        try:
            sender.send(bytes.fromhex("ffffffffffff 020000000001 88b5").ljust(size, b"x"))
        except OSError as error:
            print(f"{size} bytes:", error.strerror)
    print("received:", len(receiver.recv(2000)), len(receiver.recv(2000)))
    print("refused:", coll.variables["refused"])
    run("tc qdisc del dev out root")
