import socket
import subprocess

from bpfref.loader import bpf

ETH_P_ALL = 3
FRAME = bytes.fromhex("ffffffffffff 020000000001 88b5").ljust(60, b"x")


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)


def open_packets(device: str) -> socket.socket:
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    one.bind((device, ETH_P_ALL))
    one.settimeout(0.5)
    return one


def receive(one: socket.socket) -> str:
    while True:  # the kernel sends packets of its own too
        try:
            frame = one.recv(2000)
        except TimeoutError:
            return "nothing"
        if frame[12:14] == FRAME[12:14]:
            return f"{len(frame)} bytes from {frame[6:12].hex(':')}"


# sender -> [left | right] -> receiver
for one, other in (("sender", "left"), ("right", "receiver")):
    ip(f"link add {one} type veth peer name {other}")
    for device in (one, other):
        ip(f"link set {device} up")

with (
    bpf.open("xdp-redirect.bpf.o") as obj,
    obj.load() as coll,
    coll.programs["forward"].attach_xdp("left"),
    coll.programs["pass"].attach_xdp("receiver"),  # veth of older kernels takes frames only for a peer with XDP
    open_packets("sender") as sender,
    open_packets("receiver") as receiver,
):
    sender.send(FRAME)
    print("empty map: receiver got", receive(receiver))
    coll.maps["ports"][1] = socket.if_nametoindex("right")
    sender.send(FRAME)
    print("device in the map: receiver got", receive(receiver))
