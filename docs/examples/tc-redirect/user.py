import socket
import subprocess

from bpfref.loader import bpf

KIND = 0x88B5  # an EtherType for experiments


def ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True)


# What goes into in0 comes in on in1, where the program is; what leaves out0 arrives on out1.
ip("link add in0 type veth peer name in1")
ip("link add out0 type veth peer name out1")
for device in ("in0", "in1", "out0", "out1"):
    ip(f"link set {device} up")

sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("in0", 0))
receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(KIND))
receiver.bind(("out1", KIND))
receiver.settimeout(5)

with bpf.open("tc-redirect.bpf.o") as obj:
    obj.rodata["target"] = socket.if_nametoindex("out0")
    with obj.load() as coll, coll.programs["forward"].attach_tc("in1"):
        sender.send(bytes.fromhex("ffffffffffff 020000000001 88b5") + b"hello")
        frame = receiver.recv(1500)
        print("out1:", frame[14:].decode())
