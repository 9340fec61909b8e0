import errno
import socket
import subprocess

from bpfref.loader import bpf

KIND = 0x88B5  # an EtherType for experiments


def ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True)


def listen(device: str) -> socket.socket:
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(KIND))
    one.bind((device, KIND))
    one.settimeout(5)
    return one


ip("link add out type veth peer name in")
ip("link add tap type veth peer name monitor")
for device in ("out", "in", "tap", "monitor"):
    ip(f"link set {device} up")

with (
    bpf.open("tc-clone-redirect.bpf.o") as obj,
    listen("in") as receiver,
    listen("monitor") as monitor,
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender,
):
    obj.rodata["monitor"] = socket.if_nametoindex("tap")
    sender.bind(("out", 0))
    with obj.load() as coll, coll.programs["mirror"].attach_tc("in"):
        sender.send(bytes.fromhex("ffffffffffff 020000000001 88b5") + b"hello")
        for name, one in (("receiver", receiver), ("monitor", monitor)):
            print(f"{name}:", one.recv(1500)[14:].decode())
        done, failed = coll.variables["results"]
        print("results:", done, errno.errorcode[-failed])
